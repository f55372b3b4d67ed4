#include "keys/digest.hpp"

#include <openssl/evp.h>

#include <memory>
#include <stdexcept>

namespace custdkim {

namespace {

struct FreeContext {
    void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
};

// Fetched once: to look the algorithm up costs more than to hash a name.
const EVP_MD* algorithm() {
    static EVP_MD* const fetched = EVP_MD_fetch(nullptr, "SHA1", nullptr);
    return fetched;
}

}  // namespace

Sha1 sha1(std::string_view text, std::string_view behind) {
    static thread_local const std::unique_ptr<EVP_MD_CTX, FreeContext> context(EVP_MD_CTX_new());
    Sha1 digest{};
    const bool is_made = algorithm() && context &&
                         EVP_DigestInit_ex(context.get(), algorithm(), nullptr) == 1 &&
                         EVP_DigestUpdate(context.get(), text.data(), text.size()) == 1 &&
                         EVP_DigestUpdate(context.get(), behind.data(), behind.size()) == 1 &&
                         EVP_DigestFinal_ex(context.get(), digest.data(), nullptr) == 1;
    if (!is_made) throw std::runtime_error("OpenSSL cannot hash with SHA-1");
    return digest;
}

}  // namespace custdkim
