#include "lab/up/service_clock.hpp"

namespace custdkim::lab {

namespace {

constexpr std::chrono::milliseconds tick{50};

}  // namespace

ServiceClock::ServiceClock(SimulatedClock& clock, Service& service, unsigned rate, Keep keep)
    : clock_(clock), service_(service), rate_(rate), keep_(std::move(keep)) {
    if (rate > 0) passing_ = std::jthread([this](const std::stop_token& stop) { pass(stop); });
}

ServiceClock::~ServiceClock() { ending_ = true; }

Result<std::uint64_t> ServiceClock::advance(Duration by) {
    const std::lock_guard lock(one_at_a_time_);
    const Timestamp target = clock_.now() + by;
    const std::uint64_t before = service_.rotation_steps();
    for (;;) {
        const auto due = service_.settle();
        if (!due || *due > target) break;
        if (ending_) return Error{Errc::unavailable, "the lab is ending; it is " + format_rfc3339(now())};
        move_to(*due);
    }
    move_to(target);
    service_.settle();
    return service_.rotation_steps() - before;
}

void ServiceClock::move_to(Timestamp moment) {
    if (keep_) keep_(moment);
    clock_.advance(moment - clock_.now());
}

// A clock that runs fast, in small moves; where the service cannot follow, it runs slower.
void ServiceClock::pass(const std::stop_token& stop) {
    using std::chrono::steady_clock;
    auto last = steady_clock::now();
    std::unique_lock lock(mutex_);
    while (!stop.stop_requested()) {
        stopped_.wait_for(lock, stop, tick, [] { return false; });
        const auto passed = std::chrono::floor<Duration>((steady_clock::now() - last) * rate_);
        last += std::chrono::ceil<steady_clock::duration>(std::chrono::duration<double>(passed) / rate_);
        if (passed > Duration(0) && !advance(passed)) return;
    }
}

}  // namespace custdkim::lab
