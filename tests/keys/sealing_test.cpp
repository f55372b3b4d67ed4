#include "keys/sealing.hpp"

#include <catch2/catch.hpp>
#include <stdexcept>
#include <string>

#include "keys/pair_source.hpp"
#include "tests/support/fixture_pairs.hpp"

using namespace custdkim;

namespace {

SeededRandom random_source(1);

SecretBytes master_key(std::uint8_t fill) {
    SecretBytes key(32);
    for (std::uint8_t& byte : key.span()) byte = fill;
    return key;
}

Bytes bytes(std::string_view text) { return {text.begin(), text.end()}; }

std::string code(const Result<SecretBytes>& opened) {
    return opened ? "opened" : std::string(to_string(opened.error().code));
}

}  // namespace

TEST_CASE("What was sealed opens under the same master key and context") {
    const Sealer sealer(master_key(1), random_source);
    const std::size_t size = GENERATE(0U, 1U, 15U, 16U, 17U, 48U, 1218U, 100000U);
    const Bytes secret(size, 0x5a);
    const Bytes sealed = sealer.seal(secret, bytes("context"));
    const SecretBytes opened = sealer.open(sealed, bytes("context")).value();
    CHECK(std::ranges::equal(opened.span(), secret));
}

TEST_CASE("What was sealed opens after a restart") {
    const Bytes sealed = Sealer(master_key(1), random_source).seal(bytes("secret"), bytes("context"));
    SystemRandom other;
    const SecretBytes opened = Sealer(master_key(1), other).open(sealed, bytes("context")).value();
    CHECK(std::ranges::equal(opened.span(), bytes("secret")));
}

TEST_CASE("Every octet of what was sealed matters, and every bit of it") {
    const Sealer sealer(master_key(1), random_source);
    const Bytes sealed = sealer.seal(bytes("a private key"), bytes("context"));
    for (std::size_t at = 0; at < sealed.size(); ++at) {
        for (int bit = 0; bit < 8; ++bit) {
            Bytes altered = sealed;
            altered[at] ^= static_cast<std::uint8_t>(1 << bit);
            // Octets 1 to 8 say which master key it was.
            const std::string expected = at >= 1 && at <= 8 ? "refused" : "corrupt";
            if (code(sealer.open(altered, bytes("context"))) != expected) {
                FAIL_CHECK("bit " << bit << " of octet " << at << " was not missed");
            }
        }
    }
}

TEST_CASE("What was cut short or drawn out does not open, at any length") {
    const Sealer sealer(master_key(1), random_source);
    Bytes sealed = sealer.seal(bytes("a private key"), bytes("context"));
    for (std::size_t size = 0; size < sealed.size(); ++size) {
        const Bytes cut(sealed.begin(), sealed.begin() + static_cast<long>(size));
        if (code(sealer.open(cut, bytes("context"))) != "corrupt")
            FAIL_CHECK("opened at " << size << " octets");
    }
    sealed.push_back(0);
    CHECK(code(sealer.open(sealed, bytes("context"))) == "corrupt");
}

TEST_CASE("A sealed key does not open in another context") {
    const Sealer sealer(master_key(1), random_source);
    const Bytes sealed = sealer.seal(bytes("secret"), bytes("context"));
    CHECK(code(sealer.open(sealed, bytes("contexT"))) == "corrupt");
    CHECK(code(sealer.open(sealed, bytes("context "))) == "corrupt");
    CHECK(code(sealer.open(sealed, {})) == "corrupt");
}

TEST_CASE("Another master key is told apart from damage") {
    const Bytes sealed = Sealer(master_key(1), random_source).seal(bytes("secret"), bytes("context"));
    CHECK(code(Sealer(master_key(2), random_source).open(sealed, bytes("context"))) == "refused");
}

TEST_CASE("The same secret is never sealed the same way twice, nor visible in what was sealed") {
    const Sealer sealer(master_key(1), random_source);
    const Bytes secret = bytes("a long enough private key, easy to recognise");
    const Bytes one = sealer.seal(secret, bytes("context")), other = sealer.seal(secret, bytes("context"));
    CHECK(one != other);
    // Beyond version and master key id, nothing is shared: no nonce, no wrapped data key.
    for (std::size_t at = 9; at + 12 <= one.size(); ++at) {
        if (std::equal(one.begin() + static_cast<long>(at), one.begin() + static_cast<long>(at) + 12,
                       other.begin() + static_cast<long>(at))) {
            FAIL_CHECK("12 equal octets at " << at);
        }
    }
    const auto start = std::span(secret).first(8);
    CHECK(std::search(one.begin(), one.end(), start.begin(), start.end()) == one.end());
}

TEST_CASE("The check tells the right master key from a wrong one, and from damage") {
    const Sealer sealer(master_key(1), random_source);
    Bytes check = sealer.make_check();
    CHECK(sealer.verify_check(check).has_value());
    const auto wrong = Sealer(master_key(2), random_source).verify_check(check);
    REQUIRE(wrong.has_error());
    CHECK((wrong.error().code == Errc::refused));
    check.back() ^= 1;
    const auto damaged = sealer.verify_check(check);
    REQUIRE(damaged.has_error());
    CHECK((damaged.error().code == Errc::corrupt));
    CHECK((sealer.verify_check({}).error().code == Errc::corrupt));
}

TEST_CASE("Something else that the master key sealed is not the check") {
    const Sealer sealer(master_key(1), random_source);
    CHECK(sealer.verify_check(sealer.seal(bytes("secret"), bytes("context"))).has_error());
}

TEST_CASE("A master key has 32 octets") {
    CHECK_THROWS_AS(Sealer(SecretBytes(31), random_source), std::invalid_argument);
    CHECK_THROWS_AS(Sealer(SecretBytes(), random_source), std::invalid_argument);
}

TEST_CASE("A sealed pair opens beside its own public key only") {
    const Sealer sealer(master_key(1), random_source);
    const KeyPair one = test::fixture_pair(KeyType::ed25519, 0),
                  other = test::fixture_pair(KeyType::ed25519, 1);
    const SealedPair sealed = seal_pair(sealer, one);
    CHECK(sealed.public_key == one.public_key);
    const SecretBytes opened = sealer.open(sealed.sealed_private_key, one.public_key).value();
    CHECK(std::ranges::equal(opened.span(), one.private_key.span()));
    CHECK(code(sealer.open(sealed.sealed_private_key, other.public_key)) == "corrupt");
}
