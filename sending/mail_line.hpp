// What cannot be in any line of a message, since no mail server would carry it unchanged, and how a line is
// complained about. Pure functions.
#pragma once

#include <cstddef>
#include <string_view>

#include "base/result.hpp"

namespace custdkim {

// `line` or a part of one, without its end. `invalid` for NUL characters and carriage returns.
Result<void> check_line(std::string_view line, std::size_t number);

Error lone_carriage_return(std::size_t number);

// "line 7 of the message ...".
Error complaint_about(std::size_t number, std::string_view what);

}  // namespace custdkim
