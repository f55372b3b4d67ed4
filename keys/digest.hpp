// SHA-1, which NSEC3 hashes names with (RFC 5155 section 11) and nothing else here uses. Pure, thread-safe.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace custdkim {

using Sha1 = std::array<std::uint8_t, 20>;

// Of the first text with the second behind it.
Sha1 sha1(std::string_view text, std::string_view behind = {});

}  // namespace custdkim
