#include "support/fixture_pairs.hpp"
#include "tests/support/source_dir.hpp"

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include <array>
#include <cstdio>
#include <memory>
#include <stdexcept>

namespace custdkim::test {

namespace {

unsigned how_many(KeyType type) {
    switch (type) {
        case KeyType::rsa_2048: return 4;
        case KeyType::rsa_4096: return 1;
        default: return 2;
    }
}

}  // namespace

KeyPair fixture_pair(KeyType type, unsigned n) {
    const std::string file = source_dir() + "/tests/support/pairs/" + std::string(to_string(type)) + "-" +
                             std::to_string(n % how_many(type)) + ".pem";
    const std::unique_ptr<std::FILE, int (*)(std::FILE*)> open(std::fopen(file.c_str(), "re"), &std::fclose);
    if (!open) throw std::runtime_error("no fixture " + file);
    const std::unique_ptr<EVP_PKEY, void (*)(EVP_PKEY*)> key(
        PEM_read_PrivateKey(open.get(), nullptr, nullptr, nullptr), &EVP_PKEY_free);
    auto pair = key_pair_from(key.get(), type);
    if (!pair) throw std::runtime_error(pair.error().detail);
    return std::move(*pair);
}

}  // namespace custdkim::test
