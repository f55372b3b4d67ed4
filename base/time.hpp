// Points in time and durations as the house writes them: whole seconds of UTC, RFC 3339 on the outside
// ("2026-11-22T04:15:00Z"), durations as one number and a unit ("25d", "36h", "15m", "30s").
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.hpp"

namespace custdkim {

using Timestamp = std::chrono::sys_seconds;
using Duration = std::chrono::seconds;

std::string format_rfc3339(Timestamp time);

// Whole days, hours, minutes or seconds, the largest unit that leaves no remainder.
std::string format_duration(Duration duration);

// Refuses anything but digits followed by one of d, h, m, s, and anything above 100 years.
Result<Duration> parse_duration(std::string_view text);

}  // namespace custdkim
