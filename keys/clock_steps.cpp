#include "keys/clock_steps.hpp"

#include <algorithm>
#include <sstream>

namespace custdkim {

namespace {

constexpr Duration allowance = std::chrono::minutes(1);

std::int64_t count(Timestamp time) { return time.time_since_epoch().count(); }

// A step back undoes jumps, the latest first.
void take_back(ClockSteps& steps, Duration undone) {
    while (undone > Duration(0) && !steps.empty()) {
        const Duration part = std::min(undone, steps.back().by);
        undone -= part;
        steps.back().by -= part;
        if (steps.back().by == Duration(0)) steps.pop_back();
    }
}

}  // namespace

Timestamp after(Timestamp from, Duration wait, const ClockSteps& steps) {
    if (from > Timestamp::max() - wait) return Timestamp::max();  // never, and then some, is never
    Timestamp end = from + wait;
    for (const ClockStep& step : steps) {
        // A jump in the middle of the wait gives nothing to it.
        if (step.at > from && step.at - step.by <= end) end = std::max(end + step.by, step.at);
    }
    return end;
}

ClockRecord observe(ClockRecord record, const ClockReading& reading) {
    const bool is_same_boot = record.last.boot == reading.boot;
    if (is_same_boot) {
        const Duration passed = reading.uptime - record.last.uptime;
        const Duration difference = (reading.now - record.last.now) - passed;
        const Duration least = allowance + passed / 1000;
        if (difference > least) record.steps.push_back({reading.now, difference});
        if (difference < -least) take_back(record.steps, -difference);
    }
    for (ClockStep& step : record.steps) {
        if (step.at <= reading.now) continue;
        // Across a boot nobody knows how far the clock went back: at least so far.
        if (!is_same_boot) step.by -= step.at - reading.now;
        step.at = reading.now;
    }
    std::erase_if(record.steps, [](const ClockStep& step) { return step.by <= Duration(0); });
    record.last = reading;
    return record;
}

std::string serialize(const ClockRecord& record) {
    std::ostringstream text;
    text << count(record.last.now) << ' ' << record.last.uptime.count() << ' '
         << (record.last.boot.empty() ? "-" : record.last.boot);
    for (const ClockStep& step : record.steps) text << ' ' << count(step.at) << ' ' << step.by.count();
    return text.str();
}

Result<ClockRecord> parse_clock_record(std::string_view text) {
    std::istringstream in{std::string(text)};
    std::int64_t now = 0, uptime = 0, at = 0, by = 0;
    ClockRecord record;
    if (!(in >> now >> uptime >> record.last.boot)) {
        return Error{Errc::corrupt, "the store's record of the clock cannot be read"};
    }
    record.last.now = Timestamp(Duration(now));
    record.last.uptime = Duration(uptime);
    while (in >> at >> by) record.steps.push_back({Timestamp(Duration(at)), Duration(by)});
    return record;
}

}  // namespace custdkim
