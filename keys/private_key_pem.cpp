#include "keys/private_key_pem.hpp"

#include <openssl/evp.h>

#include <algorithm>
#include <cstring>
#include <string_view>

namespace custdkim {

namespace {

constexpr std::string_view first_line = "-----BEGIN PRIVATE KEY-----\n";
constexpr std::string_view last_line = "-----END PRIVATE KEY-----\n";
constexpr std::size_t octets_per_line = 48;  // 64 characters

constexpr std::size_t base64_size(std::size_t octets) { return (octets + 2) / 3 * 4; }

}  // namespace

// OpenSSL's own PEM writer goes through a BIO, which leaves copies where it grows.
SecretBytes private_key_pem(std::span<const std::uint8_t> pkcs8_der) {
    const std::size_t lines = (pkcs8_der.size() + octets_per_line - 1) / octets_per_line;
    SecretBytes pem(first_line.size() + base64_size(pkcs8_der.size()) + lines + last_line.size() + 1);
    std::uint8_t* at = std::copy(first_line.begin(), first_line.end(), pem.data());
    for (std::size_t begin = 0; begin < pkcs8_der.size(); begin += octets_per_line) {
        const auto line = pkcs8_der.subspan(begin, std::min(octets_per_line, pkcs8_der.size() - begin));
        at += EVP_EncodeBlock(at, line.data(), static_cast<int>(line.size()));
        *at++ = '\n';  // over the NUL that EVP_EncodeBlock writes
    }
    at = std::copy(last_line.begin(), last_line.end(), at);
    *at = '\0';
    return pem;
}

void release_key(evp_pkey_st* key) { EVP_PKEY_free(key); }

}  // namespace custdkim
