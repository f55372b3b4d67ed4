// What libraries outside of this room need of a private key: its PEM text (RFC 7468 section 10), and the end
// of OpenSSL's own copy of it. Thread-safe.
#pragma once

#include <cstdint>
#include <span>

#include "keys/secret.hpp"

struct evp_pkey_st;  // OpenSSL's EVP_PKEY

namespace custdkim {

// "-----BEGIN PRIVATE KEY-----" and so on, with a NUL behind it, as C libraries want their text.
SecretBytes private_key_pem(std::span<const std::uint8_t> pkcs8_der);

// Gives back a reference; with the last one OpenSSL wipes the key.
void release_key(evp_pkey_st* key);

}  // namespace custdkim
