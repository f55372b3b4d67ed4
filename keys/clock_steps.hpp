// Time is a fact to be doubted (R7). A clock that jumps forward would make a wait look over that has hardly
// begun; the uptime, which nobody sets, shows the jump. Jumps are kept, and every wait (R2, R3) is counted
// without them. A step back needs no record: it only makes waits longer, and facts that come to lie in the
// future are moved to the present by the rotation. Not seen: a clock that was set while the machine itself
// was down. Pure functions and plain values.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/clock.hpp"
#include "base/result.hpp"
#include "base/time.hpp"

namespace custdkim {

struct ClockStep {
    Timestamp at{};  // what the clock said when the jump was seen
    Duration by{};   // > 0

    bool operator==(const ClockStep&) const = default;
};

using ClockSteps = std::vector<ClockStep>;  // by `at`

// The moment at which `wait` has really passed since `from`.
Timestamp after(Timestamp from, Duration wait, const ClockSteps& steps);

struct ClockRecord {
    ClockReading last;
    ClockSteps steps;

    bool operator==(const ClockRecord&) const = default;
};

// What the record is after a reading. Within one boot, a difference between clock and uptime beyond what a
// clock that is being adjusted makes (a minute, and 1 in 1000) is a step. A step back undoes as much of the
// jumps before it, the latest first.
ClockRecord observe(ClockRecord record, const ClockReading& reading);

std::string serialize(const ClockRecord& record);
Result<ClockRecord> parse_clock_record(std::string_view text);

}  // namespace custdkim
