#include "cli/newest_events.hpp"

#include <algorithm>

namespace custdkim::cli {

using nlohmann::ordered_json;

namespace {

constexpr std::uint64_t highest = INT64_MAX;

// The first number behind `after`: 0 where there is none.
std::optional<std::uint64_t> next_number(const ReadEvents& read, std::uint64_t after) {
    const auto events = read(after, 1);
    if (!events) return std::nullopt;
    return events->empty() ? 0 : events->front().at("number").get<std::uint64_t>();
}

// The number of the last event; `known` where there is none behind that.
std::optional<std::uint64_t> last_number(const ReadEvents& read, std::uint64_t known) {
    std::uint64_t beyond = highest;  // behind which there is nothing
    for (std::uint64_t step = 1; known < beyond;) {
        const std::uint64_t probe = known + std::min(step, (beyond - known) / 2);
        const auto next = next_number(read, probe);
        if (!next) return std::nullopt;
        if (*next != 0) {
            known = *next;
            step = std::min(2 * step, highest / 2);
        } else if (probe == known) {
            break;
        } else {
            beyond = probe;
        }
    }
    return known;
}

}  // namespace

std::optional<ordered_json> newest_events(const ReadEvents& read, std::uint64_t after, std::size_t count) {
    const auto last = last_number(read, after);
    if (!last) return std::nullopt;
    for (std::uint64_t window = count;; window = std::min(2 * window, highest / 2)) {
        const std::uint64_t from = *last - after > window ? *last - window : after;
        auto events = read(from, SIZE_MAX);
        if (!events) return std::nullopt;
        if (events->size() < count && from > after) continue;
        const std::size_t surplus = events->size() > count ? events->size() - count : 0;
        events->erase(events->begin(), events->begin() + static_cast<std::ptrdiff_t>(surplus));
        return events;
    }
}

}  // namespace custdkim::cli
