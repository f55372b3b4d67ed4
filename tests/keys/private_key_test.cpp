// Private keys are read as what they are, or not at all.
#include "keys/private_key.hpp"

#include <openssl/crypto.h>
#include <catch2/catch.hpp>

#include "keys/secret.hpp"
#include "tests/support/fixture_pairs.hpp"

namespace custdkim::test {

namespace {

Result<PrivateKey> read_as(KeyType type, const SecretBytes& der) {
    return PrivateKey::read(type, der.span());
}

}  // namespace

TEST_CASE("A private key of each type is read") {
    for (const auto& [type, octets] : std::vector<std::pair<KeyType, std::size_t>>{{KeyType::rsa_1024, 128},
                                                                                   {KeyType::rsa_2048, 256},
                                                                                   {KeyType::rsa_4096, 512},
                                                                                   {KeyType::ed25519, 64}}) {
        const PrivateKey key = read_as(type, fixture_pair(type).private_key).value();
        CHECK(key.type() == type);
        CHECK(key.signature_size() == octets);
        CHECK((key.rsa() != nullptr) == (type != KeyType::ed25519));
        CHECK((key.ed25519() != nullptr) == (type == KeyType::ed25519));
    }
}

TEST_CASE("What is no private key of the type is refused") {
    CHECK(read_as(KeyType::rsa_1024, fixture_pair(KeyType::rsa_2048).private_key).has_error());
    CHECK(read_as(KeyType::rsa_2048, fixture_pair(KeyType::ed25519).private_key).has_error());
    CHECK(read_as(KeyType::ed25519, fixture_pair(KeyType::rsa_2048).private_key).has_error());
    for (const KeyType type : {KeyType::rsa_2048, KeyType::ed25519}) {
        CHECK(read_as(type, SecretBytes()).has_error());
        CHECK(read_as(type, SecretBytes(48)).error().code == Errc::internal);
        const SecretBytes whole = std::move(fixture_pair(type).private_key);
        CHECK(PrivateKey::read(type, whole.span().first(whole.size() - 1)).has_error());
    }
}

TEST_CASE("Secrets lie in the memory that is locked, and elsewhere when that is full") {
    const SecretBytes secret(100);
    CHECK(CRYPTO_secure_allocated(secret.data()) == 1);
    const SecretBytes large(8 << 20);
    CHECK(CRYPTO_secure_allocated(large.data()) == 0);
    CHECK(large.span()[large.size() - 1] == 0);
    const std::size_t before = CRYPTO_secure_used();
    {
        const PrivateKey key =
            read_as(KeyType::rsa_2048, fixture_pair(KeyType::rsa_2048).private_key).value();
        CHECK(CRYPTO_secure_used() >= before + 256 + 5 * 128);  // d, p, q, and what CRT needs
    }
    CHECK(CRYPTO_secure_used() == before);
}

}  // namespace custdkim::test
