// A public and a private key, made by OpenSSL.
#pragma once

#include <cstdint>
#include <span>
#include <stop_token>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "keys/key_type.hpp"
#include "keys/secret.hpp"

struct evp_pkey_st;  // OpenSSL's EVP_PKEY

namespace custdkim {

using Bytes = std::vector<std::uint8_t>;

struct KeyPair {
    KeyType type = KeyType::rsa_2048;
    // What `p=` carries: the DER SubjectPublicKeyInfo for RSA (RFC 6376 section 3.6.1, as practised), the 32
    // bare octets for Ed25519 (RFC 8463 section 4.2).
    Bytes public_key;
    SecretBytes private_key;  // PKCS#8 DER
};

// Takes both parts out of an OpenSSL key.
Result<KeyPair> key_pair_from(evp_pkey_st* key, KeyType type);

// Costs about 0.4 s of CPU for RSA-2048, 5 s for RSA-4096, 0.1 ms for Ed25519. Thread-safe.
// A stop request ends it soon, with `unavailable`.
Result<KeyPair> generate_key_pair(KeyType type, const std::stop_token& stop = {});

// A public key of this type can have this many octets, as in KeyPair::public_key.
bool is_public_key_size(KeyType type, std::size_t size);

// Base64 without line breaks (RFC 4648 section 4).
std::string to_base64(std::span<const std::uint8_t> bytes);
// The same, appended.
void append_base64(std::string& out, std::span<const std::uint8_t> bytes);
// Strict: refuses other characters and wrong padding. Secret, since what we read this way is one.
Result<SecretBytes> from_base64(std::string_view text);

}  // namespace custdkim
