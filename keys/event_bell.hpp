// Rings whenever something was added to the audit log, so that nobody who waits for that needs to look again
// and again. Says only that there is something: what it is, the store tells (Store::events). Thread-safe.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <utility>

namespace custdkim {

class EventBell {
  public:
    // Ends with its life; the listener is not called any more then.
    class Listening {
      public:
        Listening() = default;
        Listening(EventBell& bell, std::uint64_t number) : bell_(&bell), number_(number) {}
        Listening(Listening&& other) noexcept
            : bell_(std::exchange(other.bell_, nullptr)), number_(other.number_) {}
        Listening& operator=(Listening&& other) noexcept {
            end();
            bell_ = std::exchange(other.bell_, nullptr);
            number_ = other.number_;
            return *this;
        }
        ~Listening() { end(); }

      private:
        void end() {
            if (bell_) std::exchange(bell_, nullptr)->forget(number_);
        }

        EventBell* bell_ = nullptr;
        std::uint64_t number_ = 0;
    };

    // The bell outlives what it returns. A listener is called by whoever rings: be quick, and do not call
    // back.
    [[nodiscard]] Listening listen(std::function<void()> listener) {
        const std::lock_guard lock(mutex_);
        listeners_.emplace(++last_, std::move(listener));
        return {*this, last_};
    }

    // To be called behind the commit.
    void ring() {
        const std::lock_guard lock(mutex_);
        for (const auto& [number, listener] : listeners_) listener();
    }

  private:
    void forget(std::uint64_t number) {
        const std::lock_guard lock(mutex_);
        listeners_.erase(number);
    }

    std::mutex mutex_;
    std::uint64_t last_ = 0;
    std::map<std::uint64_t, std::function<void()>> listeners_;
};

}  // namespace custdkim
