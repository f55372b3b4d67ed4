#include "keys/clock_steps.hpp"

#include <algorithm>
#include <sstream>

namespace custdkim {

namespace {

constexpr Duration allowance = std::chrono::minutes(1);

std::int64_t count(Timestamp time) { return time.time_since_epoch().count(); }

}  // namespace

Timestamp after(Timestamp from, Duration wait, const ClockSteps& steps) {
    Timestamp end = from + wait;
    for (const ClockStep& step : steps) {
        // A jump in the middle of the wait gives nothing to it.
        if (step.at > from && step.at - step.by <= end) end = std::max(end + step.by, step.at);
    }
    return end;
}

ClockRecord observe(ClockRecord record, const ClockReading& reading) {
    if (record.last.boot == reading.boot) {
        const Duration passed = reading.uptime - record.last.uptime;
        const Duration difference = (reading.now - record.last.now) - passed;
        if (difference > allowance + passed / 1000) record.steps.push_back({reading.now, difference});
    }
    std::erase_if(record.steps, [&](const ClockStep& step) { return step.at > reading.now; });
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
