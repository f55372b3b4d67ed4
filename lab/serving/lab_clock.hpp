// The lab's time, and the order to move it on.
#pragma once

#include <chrono>
#include <functional>
#include <mutex>
#include <string>

#include "base/clock.hpp"
#include "base/result.hpp"

namespace custdkim::lab {

class LabClock {
  public:
    virtual ~LabClock() = default;
    virtual Timestamp now() const = 0;
    virtual std::string kind() const = 0;  // "system", "frozen", "accelerated"

    // As if time had passed: returns once all that was due on the way is done, with the number of steps that
    // were. `refused` where it "runs on the system's clock".
    virtual Result<std::uint64_t> advance(Duration by) = 0;
};

class SystemLabClock final : public LabClock {
  public:
    explicit SystemLabClock(const Clock& clock) : clock_(clock) {}
    Timestamp now() const override { return clock_.now(); }
    std::string kind() const override { return "system"; }
    Result<std::uint64_t> advance(Duration by) override;

  private:
    const Clock& clock_;
};

// Passes `rate` seconds in each real one; at 0 it stands still. Thread-safe.
class PacedClock final : public Clock, public LabClock {
  public:
    using Steady = std::function<std::chrono::steady_clock::time_point()>;
    PacedClock(Timestamp start, double rate, Steady steady = std::chrono::steady_clock::now)
        : steady_(std::move(steady)), rate_(rate), start_(start), began_(steady_()) {}

    Timestamp now() const override { return start_ + passed(); }
    ClockReading read() const override { return {now(), passed(), "lab"}; }
    std::string kind() const override { return rate_ == 0 ? "frozen" : "accelerated"; }
    Result<std::uint64_t> advance(Duration by) override;  // no step is due here

  private:
    Duration passed() const;

    const Steady steady_;
    const double rate_;
    const Timestamp start_;
    const std::chrono::steady_clock::time_point began_;
    mutable std::mutex mutex_;
    Duration skipped_{0};
};

}  // namespace custdkim::lab
