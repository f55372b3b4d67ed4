// Contract of every store: what is inserted is found again as it was, and taken names are refused.
#include <catch2/catch.hpp>

#include <algorithm>

#include "each_store.hpp"

namespace custdkim::test {

namespace {

Insertion insert(World& world, const Key& key) { return world.insert(key).value(); }

// Three slots with none, one and several pairs, every optional time both there and not there.
Key full_key() {
    Key key = sample_key("k1", {"aaaaaa", "bbbbbb", "cccccc"}, KeyType::rsa_2048);
    key.match = DomainMatch::domain_and_subdomains;
    key.org = "Ä'; DROP TABLE key; -- \"\n";
    key.version = 41;
    key.created_at = new_year(-1);
    key.activated_at = new_year(2);
    key.rotation_requested_at = new_year(4);
    key.revoked_at = new_year(5);
    key.deleted_at = new_year(3);
    SlotCheck& failed = key.slots[0].check;
    failed.last = Finding{Outcome::fail, "no-cname", "NXDOMAIN", "publish it", new_year(6)};
    failed.last->candidates = {"no-cname", "other"};
    failed.last->evidence = {"; NXDOMAIN"};
    failed.failing_since = failed.last_failed_at = new_year(6);
    failed.failed_looks = 1;
    SlotCheck& passed = key.slots[2].check;
    passed.last = Finding{Outcome::pass, "", "", "", new_year(7)};
    passed.verified_at = new_year(7);
    passed.verified_pair = 9;
    passed.passing_since = new_year(6);
    key.slots[1].pairs.clear();
    for (unsigned number : {4U, 9U}) {
        Pair pair = sample_pair(number, key.type, number);
        pair.created_at = new_year(number);
        pair.published_at = new_year(number + 10);
        pair.visible_at = new_year(number + 20);
        pair.signing_since = new_year(number + 30);
        pair.retired_at = new_year(number + 40);
        pair.compromised_at = new_year(number + 50);
        pair.revoked_at = new_year(number + 60);
        pair.destroyed_at = new_year(number + 70);
        pair.revealed = bytes("private key " + std::to_string(number));
        key.slots[2].pairs.push_back(pair);
    }
    Pair bare;
    bare.number = 12;
    bare.public_key = sample_public_key(key.type, 12);
    bare.created_at = Timestamp{};
    key.slots[2].pairs.push_back(bare);
    return key;
}

}  // namespace

TEMPLATE_TEST_CASE("A key is found as it was inserted down to the last field", "", EACH_STORE) {
    TestType world;
    const Key key = full_key();
    world.put(key);
    const bool same = world.get("k1") == key;
    CHECK(same);
}

TEMPLATE_TEST_CASE("Every type of key and every domain match is kept", "", EACH_STORE) {
    TestType world;
    const auto type = GENERATE(KeyType::rsa_1024, KeyType::rsa_2048, KeyType::rsa_4096, KeyType::ed25519);
    const auto match =
        GENERATE(DomainMatch::domain, DomainMatch::subdomains, DomainMatch::domain_and_subdomains);
    Key key = sample_key("k1", {"aaaaaa", "bbbbbb"}, type);
    key.match = match;
    key.org = "";
    world.put(key);
    const bool same = world.get("k1") == key;
    CHECK(same);
}

TEMPLATE_TEST_CASE("Private keys are kept apart from the key and found by pair", "", EACH_STORE) {
    TestType world;
    const Key key = full_key();
    world.put(key);
    for (const auto& secret : secrets_of(key)) {
        CHECK(world.store().private_key("k1", secret.pair).value() == secret.sealed);
    }
    CHECK_FALSE(world.store().private_key("k1", 2).value());
    CHECK_FALSE(world.store().private_key("k2", 1).value());
}

TEMPLATE_TEST_CASE("An id that no key has finds nothing and that is no error", "", EACH_STORE) {
    TestType world;
    world.put(sample_key("k1", {"aaaaaa"}));
    for (const char* id : {"", "k", "K1", "k11", "k1 ", "acme.example", "%"}) {
        CHECK_FALSE(world.store().find(id).value());
    }
}

TEMPLATE_TEST_CASE("A selector that another key of the domain has is refused and nothing has changed", "",
                   EACH_STORE) {
    TestType world;
    world.put(sample_key("k1", {"aaaaaa", "bbbbbb"}));
    const Serial before = world.zone().serial;
    Key second = sample_key("k2", {"cccccc", "dddddd"});
    second.slots[0].selector = "mail";
    const Insertion refused = insert(world, second);
    CHECK(refused.status == Insertion::Status::selector_taken);
    CHECK(refused.culprit == "s2");
    CHECK(world.count() == 1);
    CHECK(world.zone().serial == before);
    CHECK_FALSE(world.store().private_key("k2", 1).value());

    second.slots[1].selector = "mail2";
    CHECK(insert(world, second).status == Insertion::Status::done);  // its labels were not used up
}

TEMPLATE_TEST_CASE("Another domain may have the same selectors", "", EACH_STORE) {
    TestType world;
    world.put(sample_key("k1", {"aaaaaa", "bbbbbb"}));
    for (const char* domain : {"sub.acme.example", "example", "acme.example.org"}) {
        const std::string label = std::string(domain).substr(0, 6);
        CHECK(insert(world, key_of(domain, domain, {label})).status == Insertion::Status::done);
    }
}

TEMPLATE_TEST_CASE("A key that waits for its deletion still has its selectors and an erased one has not", "",
                   EACH_STORE) {
    TestType world;
    Key key = sample_key("k1", {"aaaaaa", "bbbbbb"});
    key.deleted_at = new_year();
    world.put(key);
    CHECK(insert(world, sample_key("k2", {"cccccc"})).status == Insertion::Status::selector_taken);
    REQUIRE(world.erase(key, new_year()).has_value());
    CHECK(insert(world, sample_key("k2", {"cccccc"})).status == Insertion::Status::done);
}

TEMPLATE_TEST_CASE("The selectors in use are those of all keys of exactly that domain", "", EACH_STORE) {
    TestType world;
    Key second = sample_key("k2", {"cccccc"});
    second.slots[0].selector = "mail";
    second.deleted_at = new_year();
    world.put(sample_key("k1", {"aaaaaa", "bbbbbb"}));
    world.put(second);
    world.put(key_of("sub.acme.example", "k3", {"dddddd"}));
    auto selectors = world.store().selectors_in_use(name("acme.example")).value();
    std::sort(selectors.begin(), selectors.end());
    CHECK(selectors == std::vector<std::string>{"mail", "s1", "s2"});
    CHECK(world.store().selectors_in_use(name("example")).value().empty());
}

TEMPLATE_TEST_CASE("A label that was ever issued is refused and nothing has changed", "", EACH_STORE) {
    TestType world;
    const bool same_zone = GENERATE(true, false);
    const std::vector<dns::Name> zones = {our_zone, name("keys.example.org")};
    REQUIRE(world.store().open_zones(zones, new_year()).has_value());
    world.put(sample_key("k1", {"aaaaaa", "bbbbbb"}));
    Key second = key_of("b.example", "k2", {"cccccc", "bbbbbb"});
    if (!same_zone) second.zone = zones[1];
    const auto before = world.store().open_zones(zones, new_year()).value();

    const Insertion refused = insert(world, second);
    CHECK(refused.status == Insertion::Status::label_taken);
    CHECK(refused.culprit == "bbbbbb");
    CHECK(world.count() == 1);
    const auto after = world.store().open_zones(zones, new_year()).value();
    CHECK(after[0].serial == before[0].serial);
    CHECK(after[1].serial == before[1].serial);

    second.slots[1].label = "dddddd";
    CHECK(insert(world, second).status == Insertion::Status::done);  // cccccc was not used up
}

TEMPLATE_TEST_CASE("A label is not issued again after its key was erased", "", EACH_STORE) {
    TestType world;
    world.put(sample_key("k1", {"aaaaaa", "bbbbbb"}));
    REQUIRE(world.erase(world.get("k1"), new_year()).has_value());
    for (const char* label : {"aaaaaa", "bbbbbb"}) {
        const Insertion refused = insert(world, sample_key("k2", {label}));
        CHECK(refused.status == Insertion::Status::label_taken);
        CHECK(refused.culprit == label);
    }
}

TEMPLATE_TEST_CASE("A key cannot have the same label twice", "", EACH_STORE) {
    TestType world;
    const Insertion refused = insert(world, sample_key("k1", {"aaaaaa", "bbbbbb", "aaaaaa"}));
    CHECK(refused.status == Insertion::Status::label_taken);
    CHECK(refused.culprit == "aaaaaa");
    CHECK(insert(world, sample_key("k1", {"aaaaaa", "bbbbbb"})).status == Insertion::Status::done);
}

TEMPLATE_TEST_CASE("A second key with the same id is an error and leaves nothing behind", "", EACH_STORE) {
    TestType world;
    world.put(sample_key("k1", {"aaaaaa"}));
    const Serial before = world.zone().serial;
    const Key second = key_of("b.example", "k1", {"bbbbbb"});
    const auto refused = world.insert(second);
    REQUIRE(refused.has_error());
    CHECK(refused.error().code == Errc::internal);
    CHECK(world.count() == 1);
    CHECK(world.zone().serial == before);
    CHECK_NOTHROW(world.put(key_of("b.example", "k2", {"bbbbbb"})));
}

}  // namespace custdkim::test
