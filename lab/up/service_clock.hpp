// The lab's time where a whole service lives in it: time goes from one step of the rotation that is due to
// the next, and the service makes each of them before it goes on. Thread-safe.
#pragma once

#include <atomic>
#include <condition_variable>
#include <mutex>
#include <thread>

#include "lab/serving/lab_clock.hpp"
#include "service/service.hpp"

namespace custdkim::lab {

class ServiceClock final : public LabClock {
  public:
    // Told of each moment before the clock moves there.
    using Keep = std::function<void(Timestamp)>;

    // So many seconds pass in each real one; at 0 the clock stands still unless told to move. Both outlive
    // it, and nobody else moves the clock.
    ServiceClock(SimulatedClock& clock, Service& service, unsigned rate, Keep keep = {});
    ~ServiceClock() override;  // an advance() under way ends early

    Timestamp now() const override { return clock_.now(); }
    std::string kind() const override { return rate_ == 0 ? "frozen" : "accelerated"; }
    Result<std::uint64_t> advance(Duration by) override;

  private:
    void move_to(Timestamp moment);
    void pass(const std::stop_token& stop);

    SimulatedClock& clock_;
    Service& service_;
    const unsigned rate_;
    const Keep keep_;
    std::atomic<bool> ending_ = false;
    std::mutex one_at_a_time_;
    std::mutex mutex_;
    std::condition_variable_any stopped_;
    std::jthread passing_;  // last: it uses all of the above
};

}  // namespace custdkim::lab
