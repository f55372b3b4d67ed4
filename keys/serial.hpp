// SOA serials (RFC 1982): only forward, whatever the clock does (R6).
#pragma once

#include <cstdint>

#include "base/time.hpp"

namespace custdkim {

using Serial = std::uint32_t;

// a is newer than b in serial number arithmetic (RFC 1982 section 3.2).
constexpr bool is_newer(Serial a, Serial b) { return a != b && static_cast<Serial>(a - b) < 0x80000000U; }

// The serial of the next change. Follows the clock, so that a store restored from yesterday's backup goes on
// above what it had published since; counts on where the clock is behind or absurd.
constexpr Serial next_serial(Serial previous, Timestamp now) {
    const auto by_clock = static_cast<Serial>(now.time_since_epoch().count());
    return is_newer(by_clock, previous) ? by_clock : previous + 1;
}

}  // namespace custdkim
