// What the target of a request says (RFC 3986 sections 2.1 and 3). Pure functions.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/result.hpp"
#include "http/message.hpp"

namespace custdkim::http {

// Undoes %-escapes. Nothing for a broken escape or an encoded NUL.
std::optional<std::string> decode(std::string_view text);

// Takes "/v1/keys?limit=5" as the request's target: splits it into path and query, and decodes both.
// `invalid` where decode() refuses a part, or where a parameter is there twice: which one counts, nobody
// could tell.
Result<void> split_target(std::string_view target, Request& request);

}  // namespace custdkim::http
