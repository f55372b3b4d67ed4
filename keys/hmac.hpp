// HMAC-SHA256 (RFC 2104). Pure, thread-safe.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

#include "keys/secret.hpp"

namespace custdkim {

using HmacSha256 = std::array<std::uint8_t, 32>;

HmacSha256 hmac_sha256(const SecretBytes& key, std::string_view text);

}  // namespace custdkim
