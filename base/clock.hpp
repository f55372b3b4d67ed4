// The time of day, injected: nothing outside base reads the wall clock. Pure functions take `now`.
// Thread-safe. Timeouts of I/O are steady timers and stay inside the connectors.
#pragma once

#include <atomic>
#include <string>

#include "base/time.hpp"

namespace custdkim {

// The time of day beside a count that nobody sets: what tells a step of the clock from time that passed (R7).
struct ClockReading {
    Timestamp now{};
    Duration uptime{};  // since the machine started, time asleep included
    std::string boot;   // which start that was; uptimes compare within one only

    bool operator==(const ClockReading&) const = default;
};

class Clock {
  public:
    virtual ~Clock() = default;
    virtual Timestamp now() const = 0;
    virtual ClockReading read() const = 0;
};

class SystemClock final : public Clock {
  public:
    Timestamp now() const override;
    ClockReading read() const override;
};

// Stands still until told to move. To advance is that time passes; to set is what happens to real clocks: the
// time of day steps, back or forward, and the uptime knows nothing of it.
class SimulatedClock final : public Clock {
  public:
    explicit SimulatedClock(Timestamp start, std::string boot = "simulated")
        : start_(start), boot_(std::move(boot)) {}
    Timestamp now() const override { return start_.load() + uptime_.load(); }
    // One look at the uptime: while another thread advances, no step must be seen.
    ClockReading read() const override {
        const Duration uptime = uptime_.load();
        return {start_.load() + uptime, uptime, boot_};
    }
    void advance(Duration by) { uptime_.store(uptime_.load() + by); }
    void set(Timestamp to) { start_.store(to - uptime_.load()); }

  private:
    std::atomic<Timestamp> start_;
    std::atomic<Duration> uptime_{Duration(0)};
    const std::string boot_;
};

}  // namespace custdkim
