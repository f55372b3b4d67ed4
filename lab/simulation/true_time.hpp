// True time: the seconds since the world began. No clock in the world shows it; wall clocks step, and the
// checker must not believe them. Plain values.
#pragma once

#include <string>

#include "base/time.hpp"

namespace custdkim::lab {

using TrueTime = Duration;

inline constexpr TrueTime never = TrueTime::max();
inline constexpr TrueTime before_all = TrueTime(-1'000'000'000);

// "day 30 04:12:09"
std::string show_true_time(TrueTime time);

// "-2.5 h", "4.9 d": for reading, not for parsing.
std::string show_length(Duration length);

}  // namespace custdkim::lab
