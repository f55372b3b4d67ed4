#include "keys/hmac.hpp"

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <stdexcept>

namespace custdkim {

HmacSha256 hmac_sha256(const SecretBytes& key, std::string_view text) {
    HmacSha256 made{};
    unsigned size = 0;
    const auto* const octets = reinterpret_cast<const unsigned char*>(text.data());
    const auto* const done =
        HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()), octets, text.size(), made.data(), &size);
    if (!done || size != made.size()) throw std::runtime_error("OpenSSL cannot make an HMAC with SHA-256");
    return made;
}

}  // namespace custdkim
