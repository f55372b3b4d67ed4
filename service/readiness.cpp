#include "service/readiness.hpp"

namespace custdkim {

using api::Check;
using api::CheckState;

namespace {

constexpr std::string_view note_name = "readiness";
constexpr std::chrono::seconds between_writes{10};  // each waits for the disk
constexpr std::chrono::minutes longest_round{5};
constexpr Duration bearable_delay = std::chrono::hours(1);

}  // namespace

api::Checks Readiness::look() {
    return {look_at_store(), look_at_rotation(), look_at_connectors(), look_at_pool()};
}

// Writes: a full disk and one that is mounted read-only can be told in no other way.
Check Readiness::look_at_store() {
    const std::lock_guard lock(mutex_);
    if (wrote_at_ && Steady::now() - *wrote_at_ < between_writes) return store_;
    const auto written = parts_.store.set_note(note_name, Bytes(1));
    wrote_at_ = Steady::now();
    store_.state = written ? CheckState::fine : CheckState::failed;
    store_.detail = written ? "it can be written" : written.error().detail;
    return store_;
}

// What is late does not keep the API and PowerDNS from being served; a rotation that stands still does harm.
Check Readiness::look_at_rotation() const {
    if (Steady::now() - last_round_.load() > longest_round) {
        return {"rotation", CheckState::failed, "it has stood still for more than 5m; see the log"};
    }
    const auto oldest = parts_.rotator.oldest_due();
    const Timestamp now = parts_.clock.now();
    if (oldest && *oldest + bearable_delay < now) {
        return {"rotation", CheckState::warning,
                "the oldest step was due at " + format_rfc3339(*oldest) + "; see the log"};
    }
    return {"rotation", CheckState::fine, "nothing is overdue"};
}

Check Readiness::look_at_connectors() const {
    for (const auto& connector : parts_.connectors) {
        if (const auto trouble = connector->trouble()) return {"connectors", CheckState::failed, *trouble};
    }
    return {"connectors", CheckState::fine, "PowerDNS can reach us"};
}

// Without pairs in the pool, keys are created all the same, and slowly.
Check Readiness::look_at_pool() const {
    const std::size_t level = parts_.pool.level();
    const bool is_dry = level == 0 && parts_.pool_size > 0;
    return {"pool", is_dry ? CheckState::warning : CheckState::fine,
            std::to_string(level) + " of " + std::to_string(parts_.pool_size) + " pairs are ready"};
}

}  // namespace custdkim
