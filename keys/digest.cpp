#include "keys/digest.hpp"

#include <openssl/evp.h>

#include <memory>
#include <stdexcept>

namespace custdkim {

namespace {

struct FreeContext {
    void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
};

// To look an algorithm up costs more than to hash a name.
const EVP_MD* fetch(const char* name) {
    EVP_MD* const fetched = EVP_MD_fetch(nullptr, name, nullptr);
    if (!fetched) throw std::runtime_error(std::string("OpenSSL cannot hash with ") + name);
    return fetched;
}

template <typename Digest>
Digest hash(const EVP_MD* algorithm, std::string_view text, std::string_view behind) {
    static thread_local const std::unique_ptr<EVP_MD_CTX, FreeContext> context(EVP_MD_CTX_new());
    Digest digest{};
    const bool is_made = context && EVP_DigestInit_ex(context.get(), algorithm, nullptr) == 1 &&
                         EVP_DigestUpdate(context.get(), text.data(), text.size()) == 1 &&
                         EVP_DigestUpdate(context.get(), behind.data(), behind.size()) == 1 &&
                         EVP_DigestFinal_ex(context.get(), digest.data(), nullptr) == 1;
    if (!is_made) throw std::runtime_error("OpenSSL cannot hash");
    return digest;
}

}  // namespace

Sha1 sha1(std::string_view text, std::string_view behind) {
    static const EVP_MD* const algorithm = fetch("SHA1");
    return hash<Sha1>(algorithm, text, behind);
}

Sha256 sha256(std::string_view text) {
    static const EVP_MD* const algorithm = fetch("SHA256");
    return hash<Sha256>(algorithm, text, {});
}

std::string to_hex(std::span<const std::uint8_t> octets) {
    constexpr std::string_view digits = "0123456789abcdef";
    std::string text;
    for (const std::uint8_t octet : octets) text += {digits[octet >> 4], digits[octet & 15]};
    return text;
}

}  // namespace custdkim
