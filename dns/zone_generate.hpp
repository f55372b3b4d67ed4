// $GENERATE, BIND's directive for many records that differ in a number: "$GENERATE 1-127 $ CNAME $.0". Pure.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.hpp"

namespace custdkim::dns {

struct GenerateRange {
    std::int64_t first = 0, last = 0, step = 1;  // up to 2^31 - 1
};

// "1-127" or "0-100/2". Refuses more than 65,536 steps.
Result<GenerateRange> parse_generate_range(std::string_view text);

// Puts the number in place of every $, or of ${offset,width,base} with base d, o, x or X. "\$" stays a
// dollar.
Result<std::string> generate(std::string_view word, std::int64_t number);

}  // namespace custdkim::dns
