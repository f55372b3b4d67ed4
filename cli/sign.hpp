// `custdkim sign`: the message on standard input goes to standard output with its DKIM-Signature in front.
#pragma once

#include <string>
#include <string_view>

#include "cli/key_commands.hpp"

namespace custdkim::cli {

// Of the options it takes `access` and `json`. Returns the exit code.
int sign_standard_input(const KeyOptions& options);

// The header field with line ends as those of the message: CRLF, or LF as in a file.
std::string with_line_ends_of(std::string_view message, const std::string& header);

}  // namespace custdkim::cli
