// A name that somebody typed, to ask about: U-labels become A-labels (RFC 5890), underscores are fine, and
// one dot at the end means nothing. Pure function.
#pragma once

#include <string_view>

#include "base/result.hpp"
#include "dns/name.hpp"

namespace custdkim::dns {

Result<Name> read_typed_name(std::string_view typed);

}  // namespace custdkim::dns
