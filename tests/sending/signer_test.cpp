// Which key signs which message, and what happens when keys change meanwhile.
#include "sending/signer.hpp"

#include <catch2/catch.hpp>
#include <utility>

#include "key_shelf.hpp"
#include "tests/support/sample_keys.hpp"
#include "verifier.hpp"

namespace custdkim::test {

namespace {

struct SignerWorld {
    SeededRandom random{1};
    Sealer sealer{SecretBytes(32), random};
    KeyShelf shelf;
    SimulatedClock clock{Timestamp(Duration(1717243200))};  // in the past: verifiers distrust the future
    SigningIndex index;
    Signer signer{Signer::Parts{shelf, sealer, index, clock, random}};
    KeyRecords records;

    // An active key with the private keys of its pairs, its records published.
    Key& add(const std::string& domain, DomainMatch match = DomainMatch::domain,
             KeyType type = KeyType::ed25519) {
        Key key = sample_key("k" + std::to_string(shelf.keys.size() + 1), {"aaaaaa", "bbbbbb"}, type);
        key.domain = name(domain);
        key.match = match;
        for (Slot& slot : key.slots) {
            Pair& pair = slot.pairs[0];
            KeyPair made = fixture_pair(type, pair.number);
            pair.public_key = made.public_key;
            shelf.private_keys[{key.id, pair.number}] = sealer.seal(made.private_key.span(), made.public_key);
            records[slot.selector + "._domainkey." + domain] = key_record_text(type, made.public_key);
        }
        key.slots[0].pairs[0].signing_since = key.created_at;
        return shelf.keys.emplace_back(std::move(key));
    }

    // Signing moves to the other slot, and the private key that signed is destroyed.
    void rotate(Key& key) {
        key.slots[0].pairs[0].retired_at = clock.now();
        key.slots[0].pairs[0].destroyed_at = clock.now();
        key.slots[1].pairs[0].signing_since = clock.now();
        shelf.private_keys.erase({key.id, 1});
    }

    // All changes of keys are told, as a service does it.
    void note() {
        for (const Key& key : shelf.keys) {
            index.note(key);
            signer.forget(key.id);
        }
    }
    Result<SignedMessage> sign_text(const std::string& text, const std::string& org = {}) {
        const auto message = read_message(text);
        if (!message) return message.error();
        return signer.sign(*message, org);
    }
    Result<SignedMessage> sign(const std::string& from) {
        note();
        return sign_text(message(from));
    }
    // The one signature that there is.
    Result<MadeSignature> sign_once(const std::string& from) {
        auto made = sign(from);
        if (!made) return made.error();
        REQUIRE(made->signatures.size() == 1);
        return std::move(made->signatures.front());
    }
    static std::string message(const std::string& from) { return "From: " + from + "\r\n\r\nHello\r\n"; }
    std::string verdict(const std::string& from) {
        const auto made = sign(from);
        return made ? verify(made->header() + message(from), records) : made.error().detail;
    }
    // The id of the key that signs, or the code of the refusal.
    std::string who_signs(const std::string& from) {
        const auto made = sign_once(from);
        return made ? made->key_id : std::string(to_string(made.error().code));
    }
};

}  // namespace

TEST_CASE("Mail from a domain is signed by the pair of its key that signs") {
    SignerWorld world;
    Key& key = world.add("acme.example", DomainMatch::domain, GENERATE(KeyType::rsa_2048, KeyType::ed25519));
    const MadeSignature first = world.sign_once("Acme <news@acme.example>").value();
    CHECK(first.key_id == key.id);
    CHECK(first.domain == key.domain.text());
    CHECK(first.selector == "s1");
    CHECK(first.pair == 1);
    CHECK(algorithm_of(first) == (key.type == KeyType::ed25519 ? "ed25519-sha256" : "rsa-sha256"));
    CHECK(world.verdict("Acme <news@acme.example>") == "pass");
    world.rotate(key);
    const MadeSignature second = world.sign_once("Acme <news@acme.example>").value();
    CHECK(second.selector == "s2");
    CHECK(second.pair == 2);
    CHECK(world.verdict("Acme <news@acme.example>") == "pass");
}

TEST_CASE("A key signs for the domains that its match covers") {
    SignerWorld world;
    world.add("one.example", DomainMatch::domain);
    world.add("sub.example", DomainMatch::subdomains);
    world.add("both.example", DomainMatch::domain_and_subdomains);
    CHECK(world.who_signs("a@one.example") == "k1");
    CHECK(world.who_signs("a@x.one.example") == "refused");
    CHECK(world.who_signs("a@sub.example") == "refused");
    CHECK(world.who_signs("a@x.sub.example") == "k2");
    CHECK(world.who_signs("a@y.x.sub.example") == "k2");
    CHECK(world.who_signs("a@both.example") == "k3");
    CHECK(world.who_signs("a@x.both.example") == "k3");
    CHECK(world.verdict("a@x.both.example") == "pass");
    CHECK(world.who_signs("a@xboth.example") == "refused");
}

TEST_CASE("The nearest domain's key goes before those above it") {
    SignerWorld world;
    world.add("acme.example", DomainMatch::domain_and_subdomains);
    world.add("mail.acme.example", DomainMatch::domain_and_subdomains);
    world.add("news.mail.acme.example", DomainMatch::domain);
    CHECK(world.who_signs("a@acme.example") == "k1");
    CHECK(world.who_signs("a@web.acme.example") == "k1");
    CHECK(world.who_signs("a@mail.acme.example") == "k2");
    CHECK(world.who_signs("a@x.mail.acme.example") == "k2");
    CHECK(world.who_signs("a@news.mail.acme.example") == "k3");
    CHECK(world.who_signs("a@x.news.mail.acme.example") == "k2");
}

TEST_CASE("Only active keys sign") {
    SignerWorld world;
    Key& key = world.add("acme.example");
    CHECK(world.who_signs("a@acme.example") == "k1");
    SECTION("a deactivated one does not") { key.slots[0].pairs[0].retired_at = world.clock.now(); }
    SECTION("a revoked one does not") { key.revoked_at = world.clock.now(); }
    SECTION("a deleted one does not") { key.deleted_at = world.clock.now(); }
    SECTION("one that never was does not") { key.slots[0].pairs[0].signing_since.reset(); }
    const auto refused = world.sign("a@acme.example");
    REQUIRE(refused.has_error());
    CHECK(refused.error().code == Errc::refused);
    CHECK(refused.error().detail ==
          "no active key signs mail from acme.example; 'custdkim key list' shows the keys that there are, "
          "'custdkim key activate' lets one sign");
    world.add("acme.example");
    CHECK(world.who_signs("a@acme.example") == "k2");
}

TEST_CASE("An active key is found behind many that are not") {
    SignerWorld world;
    for (unsigned n = 0; n < 25; ++n) world.add("acme.example").slots[0].pairs[0].signing_since.reset();
    world.add("acme.example");
    world.shelf.page = 10;
    CHECK(world.who_signs("a@acme.example") == "k26");
}

TEST_CASE("When a rotation destroys the private key between two reads, the new pair signs") {
    SignerWorld world;
    Key& key = world.add("acme.example");
    bool rotated = false;
    world.shelf.before_private_key = [&] {
        if (!std::exchange(rotated, true)) world.rotate(key);
    };
    const MadeSignature made = world.sign_once("a@acme.example").value();
    CHECK(made.selector == "s2");
    CHECK(verify(made.header + SignerWorld::message("a@acme.example"), world.records) == "pass");
}

TEST_CASE("When signing moves while a message is signed as a whole, the new pair signs") {
    SignerWorld world;
    Key& key = world.add("acme.example");
    bool moved = false;
    world.shelf.before_private_key = [&] {
        if (std::exchange(moved, true)) return;
        key.slots[0].pairs[0].retired_at = world.clock.now();  // its private key is there yet
        key.slots[1].pairs[0].signing_since = world.clock.now();
        world.note();
    };
    const MadeSignature made = world.sign_once("a@acme.example").value();
    CHECK(made.selector == "s2");
    CHECK(verify(made.header + SignerWorld::message("a@acme.example"), world.records) == "pass");
}

TEST_CASE("A message is signed while it comes in, however long that takes") {
    SignerWorld world;
    const Key& key = world.add("acme.example");
    world.note();
    const std::string header = "From: a@acme.example\r\n\r\n", body = "Hello\r\n";
    auto passing = world.signer.begin(read_message(header).value()).value();
    world.clock.advance(Duration(60));  // the private key is not kept any more
    for (const char octet : body) REQUIRE(passing.body({&octet, 1}).has_value());
    const auto made = passing.finish().value();
    CHECK(verify(made.header() + header + body, world.records) == "pass");
    CHECK(world.signer.signed_since(key.id, world.clock.now()) == 1);
}

TEST_CASE("What does not sign any more when a message is there, does not sign it") {
    SignerWorld world;
    Key& key = world.add("acme.example");
    world.note();
    auto passing = world.signer.begin(read_message("From: a@acme.example\r\n\r\n").value()).value();
    REQUIRE(passing.body("Hello\r\n").has_value());
    SECTION("since the key has rotated") { world.rotate(key); }
    SECTION("since the key is revoked") { key.revoked_at = world.clock.now(); }
    SECTION("since the key is deleted") { key.deleted_at = world.clock.now(); }
    world.note();
    const auto made = passing.finish();
    REQUIRE(made.has_error());
    CHECK(made.error().code == Errc::busy);
    CHECK(made.error().detail == "the key has changed while the message came in; send the message once more");
    CHECK(world.signer.signed_since(key.id, Timestamp()) == 0);
}

TEST_CASE("A private key that is gone for good, or was altered, is told") {
    SignerWorld world;
    const Key& key = world.add("acme.example");
    Bytes& sealed = world.shelf.private_keys[{key.id, 1}];
    SECTION("gone") {
        world.shelf.private_keys.clear();
        CHECK(world.sign("a@acme.example").error().detail ==
              "the private key of the key k1 of acme.example is not in the store; rotate that key");
    }
    SECTION("altered") { sealed.back() ^= 1; }
    SECTION("another pair's") { sealed = world.shelf.private_keys[{key.id, 2}]; }
    CHECK(world.sign("a@acme.example").error().code == Errc::corrupt);
    CHECK(world.signer.signed_since(key.id, Timestamp()) == 0);
}

TEST_CASE("What is no message is refused before any key is looked for") {
    SignerWorld world;
    CHECK(world.sign_text("").error().code == Errc::invalid);
    CHECK(world.sign_text("Subject: x\n\n").error().code == Errc::invalid);
    CHECK(world.sign_text("From: a@b.example, c@d.example\n\n").error().code == Errc::invalid);
}

TEST_CASE("For an organisation only its keys are there") {
    SignerWorld world;
    world.add("acme.example", DomainMatch::domain_and_subdomains).org = "acme";
    world.add("sub.acme.example").org = "initech";
    world.note();
    const std::string text = SignerWorld::message("a@sub.acme.example");
    CHECK(world.sign_text(text).value().signatures[0].key_id == "k2");
    CHECK(world.sign_text(text, "initech").value().signatures[0].key_id == "k2");
    CHECK(world.sign_text(text, "acme").value().signatures[0].key_id == "k1");
    CHECK((world.sign_text(text, "nobody").error().code == Errc::refused));
}

TEST_CASE("An RSA and an Ed25519 key of the domain make a signature each, and both verify") {
    SignerWorld world;
    world.add("acme.example", DomainMatch::domain, KeyType::rsa_2048);
    Key& ed = world.add("acme.example", DomainMatch::domain, KeyType::ed25519);
    for (Slot& slot : ed.slots) {
        slot.selector += "e";
        world.records[slot.selector + "._domainkey.acme.example"] =
            key_record_text(ed.type, slot.pairs[0].public_key);
    }
    for (const char* const slot : {"s1", "s2"}) {
        const Pair& pair = world.shelf.keys[0].slots[slot[1] - '1'].pairs[0];
        world.records[std::string(slot) + "._domainkey.acme.example"] =
            key_record_text(KeyType::rsa_2048, pair.public_key);
    }
    const SignedMessage made = world.sign("a@acme.example").value();
    REQUIRE(made.signatures.size() == 2);
    CHECK(made.signatures[0].selector == "s1");
    CHECK(made.signatures[1].selector == "s1e");
    const std::string message = SignerWorld::message("a@acme.example");
    for (const MadeSignature& signature : made.signatures) {
        CHECK(verify(signature.header + message, world.records) == "pass");
    }
}

// The index is told of a change a moment after the store has it.
TEST_CASE("Where the index is behind the store, the pair that signs by the store signs") {
    SignerWorld world;
    Key& key = world.add("acme.example");
    world.note();
    const std::string message = SignerWorld::message("a@acme.example");
    SECTION("of a key that rotated") {
        world.rotate(key);
        const auto made = world.sign_text(message).value().signatures;
        CHECK(made[0].selector == "s2");
        CHECK(made[0].pair == 2);
        CHECK(verify(made[0].header + message, world.records) == "pass");
    }
    SECTION("of one that signs no more, nothing does") {
        key.revoked_at = world.clock.now();
        CHECK(world.sign_text(message).error().code == Errc::corrupt);
    }
}

TEST_CASE("Signatures are counted by key and hour, refusals are not") {
    SignerWorld world;
    world.add("acme.example");
    world.add("else.example");
    const Timestamp start = world.clock.now();
    for (int hour = 0; hour < 3; ++hour) {
        for (int n = 0; n <= hour; ++n) CHECK(world.who_signs("a@acme.example") == "k1");
        world.clock.advance(std::chrono::hours(1));
    }
    CHECK(world.who_signs("a@else.example") == "k2");
    CHECK(world.who_signs("a@nobody.example") == "refused");
    CHECK(world.signer.signed_since("k1", start) == 6);
    CHECK(world.signer.signed_since("k1", start + std::chrono::minutes(59)) == 6);
    CHECK(world.signer.signed_since("k1", start + std::chrono::hours(1)) == 5);
    CHECK(world.signer.signed_since("k1", start + std::chrono::hours(3)) == 0);
    CHECK(world.signer.signed_since("k2", start) == 1);
    CHECK(world.signer.signed_since("k3", start) == 0);
}

TEST_CASE("Signatures end after the lifetime that is configured") {
    SignerWorld world;
    world.add("acme.example");
    CHECK(world.sign_once("a@acme.example").value().header.find("x=") == std::string::npos);
    SignerSettings settings;
    settings.signature_lifetime = std::chrono::days(30);
    Signer signer({world.shelf, world.sealer, world.index, world.clock, world.random}, settings);
    const SignedMessage made =
        signer.sign(read_message(SignerWorld::message("a@acme.example")).value()).value();
    CHECK(made.header().find("x=1719835200") != std::string::npos);
}

TEST_CASE("A body that cannot be sent is refused, and not counted") {
    SignerWorld world;
    const Key& key = world.add("acme.example");
    world.note();
    CHECK(world.sign_text("From: a@acme.example\r\n\r\none\rtwo\r\n").error().code == Errc::invalid);
    CHECK(world.signer.signed_since(key.id, Timestamp()) == 0);
}

}  // namespace custdkim::test
