// The kinds of key pairs that DKIM knows: RSA (RFC 6376, RFC 8301) and Ed25519 (RFC 8463).
#pragma once

#include <optional>
#include <string_view>

#include "base/result.hpp"

namespace custdkim {

enum class KeyType { rsa_1024, rsa_2048, rsa_4096, ed25519 };

// "rsa-2048", as the command line, the API and the store write it.
std::string_view to_string(KeyType type);
Result<KeyType> parse_key_type(std::string_view text);

// Bits of the modulus; 0 for Ed25519.
unsigned rsa_bits(KeyType type);

// What the person who asks for this type should know, or nothing.
std::optional<std::string_view> warning_about(KeyType type);

}  // namespace custdkim
