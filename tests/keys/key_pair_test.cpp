#include "keys/key_pair.hpp"

#include <openssl/evp.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>

#include <catch2/catch.hpp>
#include <memory>

#include "keys/key_record.hpp"
#include "tests/support/fixture_pairs.hpp"

using namespace custdkim;

namespace {

using PrivateKey = std::unique_ptr<EVP_PKEY, void (*)(EVP_PKEY*)>;
using Context = std::unique_ptr<EVP_MD_CTX, void (*)(EVP_MD_CTX*)>;

const Bytes message{'s', 'i', 'g', 'n', ' ', 'm', 'e'};

const EVP_MD* digest_of(KeyType type) { return type == KeyType::ed25519 ? nullptr : EVP_sha256(); }

Bytes sign(const KeyPair& pair) {
    const std::uint8_t* at = pair.private_key.data();
    const PrivateKey key(d2i_AutoPrivateKey(nullptr, &at, static_cast<long>(pair.private_key.size())),
                         &EVP_PKEY_free);
    REQUIRE(key);
    REQUIRE(at == pair.private_key.data() + pair.private_key.size());
    const Context context(EVP_MD_CTX_new(), &EVP_MD_CTX_free);
    Bytes signature(1024);
    std::size_t size = signature.size();
    REQUIRE(EVP_DigestSignInit(context.get(), nullptr, digest_of(pair.type), nullptr, key.get()) == 1);
    REQUIRE(EVP_DigestSign(context.get(), signature.data(), &size, message.data(), message.size()) == 1);
    signature.resize(size);
    return signature;
}

// As a verifier reads it from the record (RFC 6376 section 3.6.1, RFC 8463 section 4).
PrivateKey read_public_key(KeyType type, std::span<const std::uint8_t> bytes) {
    if (type == KeyType::ed25519) {
        return {EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, nullptr, bytes.data(), bytes.size()),
                &EVP_PKEY_free};
    }
    const std::uint8_t* at = bytes.data();
    PrivateKey key(d2i_PUBKEY(nullptr, &at, static_cast<long>(bytes.size())), &EVP_PKEY_free);
    REQUIRE(at == bytes.data() + bytes.size());
    return key;
}

bool verifies(KeyType type, std::span<const std::uint8_t> public_key, const Bytes& signature) {
    const PrivateKey key = read_public_key(type, public_key);
    REQUIRE(key);
    const Context context(EVP_MD_CTX_new(), &EVP_MD_CTX_free);
    REQUIRE(EVP_DigestVerifyInit(context.get(), nullptr, digest_of(type), nullptr, key.get()) == 1);
    return EVP_DigestVerify(context.get(), signature.data(), signature.size(), message.data(),
                            message.size()) == 1;
}

void check_that_it_works(const KeyPair& pair) {
    const Bytes signature = sign(pair);
    CHECK(verifies(pair.type, pair.public_key, signature));
    CHECK(is_public_key_size(pair.type, pair.public_key.size()));

    // The same by way of the TXT record.
    const std::string text = key_record_text(pair.type, pair.public_key);
    const SecretBytes published = from_base64(text.substr(text.find("p=") + 2)).value();
    CHECK(verifies(pair.type, published.span(), signature));

    Bytes altered = signature;
    altered[altered.size() / 2] ^= 1;
    CHECK_FALSE(verifies(pair.type, pair.public_key, altered));
}

}  // namespace

TEST_CASE("A generated pair signs what its published key verifies") {
    const KeyType type = GENERATE(KeyType::rsa_1024, KeyType::ed25519);
    const KeyPair pair = generate_key_pair(type).value();
    CHECK((pair.type == type));
    check_that_it_works(pair);
}

TEST_CASE("A pair of each type signs what its published key verifies") {
    const KeyType type = GENERATE(KeyType::rsa_1024, KeyType::rsa_2048, KeyType::rsa_4096, KeyType::ed25519);
    check_that_it_works(test::fixture_pair(type));
}

TEST_CASE("A pair does not verify what another one signed") {
    const KeyType type = GENERATE(KeyType::rsa_2048, KeyType::ed25519);
    CHECK_FALSE(verifies(type, test::fixture_pair(type, 1).public_key, sign(test::fixture_pair(type, 0))));
}

TEST_CASE("No two generated pairs are the same") {
    const KeyPair one = generate_key_pair(KeyType::ed25519).value();
    const KeyPair other = generate_key_pair(KeyType::ed25519).value();
    CHECK(one.public_key != other.public_key);
    CHECK_FALSE(std::ranges::equal(one.private_key.span(), other.private_key.span()));
}

TEST_CASE("An RSA key has the bits of its type and the exponent that everybody uses") {
    const KeyType type = GENERATE(KeyType::rsa_1024, KeyType::rsa_2048, KeyType::rsa_4096);
    const KeyPair pair =
        type == KeyType::rsa_1024 ? generate_key_pair(type).value() : test::fixture_pair(type);
    const PrivateKey key = read_public_key(type, pair.public_key);
    REQUIRE(key);
    CHECK(EVP_PKEY_get_bits(key.get()) == static_cast<int>(rsa_bits(type)));
    BIGNUM* exponent = nullptr;
    REQUIRE(EVP_PKEY_get_bn_param(key.get(), "e", &exponent) == 1);
    CHECK(BN_is_word(exponent, 65537));
    BN_free(exponent);
}

TEST_CASE("A key of one type is not taken for one of another") {
    for (const KeyType type : {KeyType::rsa_1024, KeyType::rsa_2048, KeyType::rsa_4096, KeyType::ed25519}) {
        const std::size_t size = test::fixture_pair(type).public_key.size();
        for (const KeyType other :
             {KeyType::rsa_1024, KeyType::rsa_2048, KeyType::rsa_4096, KeyType::ed25519}) {
            CHECK(is_public_key_size(other, size) == (other == type));
        }
        CHECK_FALSE(is_public_key_size(type, size + 1));
        CHECK_FALSE(is_public_key_size(type, 0));
    }
}

TEST_CASE("Every key type is read as it is written") {
    for (const KeyType type : {KeyType::rsa_1024, KeyType::rsa_2048, KeyType::rsa_4096, KeyType::ed25519}) {
        CHECK((parse_key_type(to_string(type)).value() == type));
    }
    for (const char* text : {"", "rsa", "RSA-2048", "rsa-512", "rsa-8192", "ed448"}) {
        const auto type = parse_key_type(text);
        REQUIRE(type.has_error());
        CHECK_THAT(type.error().detail, Catch::Contains("is not a key type"));
    }
}

TEST_CASE("Only the shortest RSA keys come with a warning") {
    CHECK(warning_about(KeyType::rsa_1024).has_value());
    CHECK_FALSE(warning_about(KeyType::rsa_2048).has_value());
    CHECK_FALSE(warning_about(KeyType::rsa_4096).has_value());
    CHECK_FALSE(warning_about(KeyType::ed25519).has_value());
}
