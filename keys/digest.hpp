// SHA-1, which NSEC3 hashes names with (RFC 5155 section 11) and nothing else here uses, and SHA-256. Pure,
// thread-safe.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace custdkim {

using Sha1 = std::array<std::uint8_t, 20>;
using Sha256 = std::array<std::uint8_t, 32>;

// Of the first text with the second behind it.
Sha1 sha1(std::string_view text, std::string_view behind = {});

Sha256 sha256(std::string_view text);

// Two lower-case digits for each octet.
std::string to_hex(std::span<const std::uint8_t> octets);

}  // namespace custdkim
