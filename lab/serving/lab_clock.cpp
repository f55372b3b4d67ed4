#include "lab/serving/lab_clock.hpp"

namespace custdkim::lab {

Result<std::uint64_t> SystemLabClock::advance(Duration) {
    return refused(
        "the lab runs on the system's clock, which it cannot move; start it with a frozen or "
        "accelerated one");
}

Result<std::uint64_t> PacedClock::advance(Duration by) {
    const std::lock_guard lock(mutex_);
    skipped_ += by;
    return std::uint64_t{0};
}

Duration PacedClock::passed() const {
    const std::chrono::duration<double> real = steady_() - began_;
    const std::lock_guard lock(mutex_);
    return skipped_ + std::chrono::floor<Duration>(real * rate_);
}

}  // namespace custdkim::lab
