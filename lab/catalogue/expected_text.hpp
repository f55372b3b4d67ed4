// What a resolver shows for one question, as the files write it:
//     RCODE [AD] [EDE n] | TYPE rdata | TYPE rdata ...
// Pure functions.
#pragma once

#include "lab/catalogue/misconfiguration.hpp"

namespace custdkim::lab {

Result<Expected> parse_expected(std::string_view text);
std::string to_text(const Expected& expected);

}  // namespace custdkim::lab
