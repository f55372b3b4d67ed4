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
    explicit SimulatedClock(Timestamp start) : now_(start) {}
    Timestamp now() const override { return now_.load(); }
    ClockReading read() const override { return {now_.load(), uptime_.load(), "simulated"}; }
    void advance(Duration by) {
        now_.store(now_.load() + by);
        uptime_.store(uptime_.load() + by);
    }
    void set(Timestamp to) { now_.store(to); }

  private:
    std::atomic<Timestamp> now_;
    std::atomic<Duration> uptime_{Duration(0)};
};

}  // namespace custdkim
