#include "sending/signature_counts.hpp"

#include <algorithm>
#include <chrono>

namespace custdkim {

namespace {

std::int32_t hour_of(Timestamp time) {
    return static_cast<std::int32_t>(std::chrono::floor<std::chrono::hours>(time).time_since_epoch().count());
}

}  // namespace

void SignatureCounts::add(const std::string& key_id, Timestamp now) {
    const std::int32_t hour = hour_of(now);
    const std::lock_guard lock(mutex_);
    if (hour != current_) {
        forget_before(hour_of(now - kept_));
        current_ = hour;
    }
    auto& hours = hours_[key_id];
    // Nearly always the last one; after the clock was stepped back an earlier one (R7).
    const auto found =
        std::find_if(hours.rbegin(), hours.rend(), [&](const Hour& known) { return known.number == hour; });
    if (found != hours.rend()) {
        ++found->count;
    } else {
        hours.push_back({hour, 1});
    }
}

std::uint64_t SignatureCounts::since(const std::string& key_id, Timestamp since) const {
    const std::int32_t first = hour_of(since);
    const std::lock_guard lock(mutex_);
    const auto found = hours_.find(key_id);
    if (found == hours_.end()) return 0;
    std::uint64_t total = 0;
    for (const Hour& hour : found->second) {
        if (hour.number >= first) total += hour.count;
    }
    return total;
}

void SignatureCounts::forget_before(std::int32_t hour) {
    for (auto& [id, hours] : hours_) {
        std::erase_if(hours, [&](const Hour& known) { return known.number < hour; });
    }
    std::erase_if(hours_, [](const auto& entry) { return entry.second.empty(); });
}

}  // namespace custdkim
