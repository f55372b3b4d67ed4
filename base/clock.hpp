// The time of day, injected: nothing outside base reads the wall clock. Pure functions take `now`.
// Thread-safe. Timeouts of I/O are steady timers and stay inside the connectors.
#pragma once

#include <atomic>

#include "base/time.hpp"

namespace custdkim {

class Clock {
  public:
    virtual ~Clock() = default;
    virtual Timestamp now() const = 0;
};

class SystemClock final : public Clock {
  public:
    Timestamp now() const override;
};

// Stands still until told to move; may step back, as real clocks do.
class SimulatedClock final : public Clock {
  public:
    explicit SimulatedClock(Timestamp start) : now_(start) {}
    Timestamp now() const override { return now_.load(); }
    void advance(Duration by) { now_.store(now_.load() + by); }
    void set(Timestamp to) { now_.store(to); }

  private:
    std::atomic<Timestamp> now_;
};

}  // namespace custdkim
