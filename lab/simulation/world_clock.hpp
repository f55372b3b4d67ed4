// The clock of the daemon's machine in a simulated world: its time of day steps, its uptime does not, and a
// new boot starts the uptime anew. True time is only for the world and the checker. Not thread-safe.
#pragma once

#include "base/clock.hpp"
#include "lab/simulation/true_time.hpp"

namespace custdkim::lab {

class WorldClock final : public Clock {
  public:
    Timestamp now() const override { return epoch + true_now_ + offset_; }
    ClockReading read() const override {
        const Duration shown = uptime_steps_ ? true_now_ + offset_ : true_now_;
        return {now(), shown - booted_at_, "boot-" + std::to_string(boot_)};
    }

    TrueTime true_now() const { return true_now_; }
    void move_to(TrueTime time) { true_now_ = time; }
    void step(Duration by) { offset_ += by; }
    void reboot() {
        ++boot_;
        booted_at_ = true_now_;
    }
    // When the clock will say so, if it is not stepped before.
    TrueTime true_time_of(Timestamp time) const { return time - epoch - offset_; }

    // A broken world, for testing the checker: the uptime follows the steps, so that nobody can see them.
    void let_uptime_step() { uptime_steps_ = true; }

  private:
    static constexpr Timestamp epoch{std::chrono::sys_days(std::chrono::year(2026) / 1 / 1)};

    TrueTime true_now_{};
    Duration offset_{};
    TrueTime booted_at_{};
    unsigned boot_ = 1;
    bool uptime_steps_ = false;
};

}  // namespace custdkim::lab
