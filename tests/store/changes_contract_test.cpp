// Contract of every store: one change of one key, and its erasure.
#include <catch2/catch.hpp>

#include "each_store.hpp"

namespace custdkim::test {

namespace {

// Makes the change, and returns the key as it should be stored then.
Key changed(World& world, Key key, std::vector<unsigned> destroy = {}) {
    REQUIRE(world.commit(change_to(key, std::move(destroy))).done);
    ++key.version;
    return key;
}

}  // namespace

TEMPLATE_TEST_CASE("A change replaces the facts of a key and counts its version up", "", EACH_STORE) {
    TestType world;
    Key key = sample_key("k1", {"aaaaaa", "bbbbbb"});
    world.put(key);
    key.match = DomainMatch::subdomains;
    key.org = "Another";
    key.activated_at = new_year(5);
    key.rotation_requested_at = new_year(6);
    key.revoked_at = new_year(7);
    Pair& first = key.slots[0].pairs[0];
    first.visible_at = new_year(6);
    first.signing_since = new_year(7);
    first.compromised_at = new_year(8);
    first.revoked_at = new_year(9);
    first.destroyed_at = new_year(10);
    first.revealed = bytes("a private key");
    key.slots[1].pairs[0].published_at.reset();
    key.slots[1].pairs.push_back(sample_pair(3, key.type, 3));
    key = changed(world, key);
    CHECK((world.get("k1") == key));

    key.activated_at.reset();
    key.rotation_requested_at.reset();
    key.deleted_at = new_year(8);
    key.slots[0].pairs[0].retired_at = new_year(8);
    key.slots[0].pairs[0].revealed.clear();
    key = changed(world, key);
    CHECK((world.get("k1") == key));
}

TEMPLATE_TEST_CASE("What is known of the customer's DNS is kept slot by slot", "", EACH_STORE) {
    TestType world;
    Key key = sample_key("k1", {"aaaaaa", "bbbbbb", "cccccc"});
    world.put(key);
    const auto outcome = GENERATE(Outcome::pass, Outcome::fail, Outcome::unknown);
    key.slots[0].check.last = Finding{outcome, "a-cause", "seen: \"ä\"", "", new_year(1)};
    key.slots[0].check.last->candidates = {"a-cause", "another"};
    key.slots[0].check.last->evidence = {"acme.example. 300 IN TXT \"'ä\"", "", "; nothing"};
    key.slots[0].check.verified_at = new_year(2);
    key.slots[0].check.verified_pair = 1;
    key.slots[2].check.passing_since = new_year(3);
    key = changed(world, key);
    CHECK((world.get("k1") == key));

    key.slots[0].check.last->fix = "do this";
    key.slots[0].check.passing_since = new_year(4);
    key.slots[0].check.last->candidates.clear();
    key.slots[0].check.last->evidence = {""};
    key.slots[0].check.failing_since = new_year(5);
    key.slots[0].check.last_failed_at = new_year(6);
    key.slots[0].check.failed_looks = 3;
    key.slots[2].check = {};
    key.slots[2].check.last = Finding{};
    key.slots[2].check.verified_at = new_year(4);
    key = changed(world, key);
    CHECK((world.get("k1") == key));

    key.slots[0].check = {};
    key = changed(world, key);
    CHECK((world.get("k1") == key));
}

TEMPLATE_TEST_CASE("A slot without pairs gets its first one and loses it again", "", EACH_STORE) {
    TestType world;
    Key key = sample_key("k1", {"aaaaaa", "bbbbbb", "cccccc"});
    key.slots[1].pairs.clear();
    key.slots[2].pairs.clear();
    world.put(key);
    CHECK((world.get("k1") == key));
    key.slots[2].pairs.push_back(sample_pair(4, key.type, 4));
    key = changed(world, key);
    CHECK((world.get("k1") == key));
    key.slots[2].pairs.clear();
    key = changed(world, key);
    CHECK((world.get("k1") == key));
}

TEMPLATE_TEST_CASE("A pair that a change leaves out is gone", "", EACH_STORE) {
    TestType world;
    Key key = sample_key("k1", {"aaaaaa", "bbbbbb"});
    for (unsigned number : {3U, 5U}) key.slots[0].pairs.push_back(sample_pair(number, key.type, number));
    world.put(key);
    key.slots[0].pairs.erase(key.slots[0].pairs.begin() + static_cast<int>(GENERATE(0, 1, 2)));
    key.slots[1].pairs.clear();
    key = changed(world, key);
    CHECK((world.get("k1") == key));
}

TEMPLATE_TEST_CASE("A change that changes nothing counts the version up too", "", EACH_STORE) {
    TestType world;
    Key key = sample_key("k1", {"aaaaaa"});
    world.put(key);
    key = changed(world, key);
    CHECK((world.get("k1") == key));
}

TEMPLATE_TEST_CASE("A change touches no other key, and the serial only where it says so", "", EACH_STORE) {
    TestType world;
    Key key = sample_key("k1", {"aaaaaa"});
    const Key other = key_of("b.example", "k2", {"bbbbbb"});
    world.put(key);
    const Serial before = world.put(other);
    key.org = "Another";
    key = changed(world, key, {1});
    CHECK((world.get("k2") == other));
    CHECK(world.store().private_key("k2", 1).value());
    CHECK(world.zone().serial == before);
    Change moving = change_to(key);
    moving.moves_serial = true;
    const Serial moved = world.commit(moving, new_year(100)).serial;
    CHECK(moved == new_year(100).time_since_epoch().count());
    CHECK(world.zone().serial == moved);
}

TEMPLATE_TEST_CASE("A change that does not know the present version is not made", "", EACH_STORE) {
    TestType world;
    const Key key = sample_key("k1", {"aaaaaa"});
    const Serial before = world.put(key);
    Key other = key;
    other.org = "Another";
    other.version = GENERATE(0, 2);
    other.slots[0].pairs[0].visible_at = new_year(1);
    other.slots[0].pairs.push_back(sample_pair(2, key.type, 2));
    Change change = change_to(other, {1});
    change.add.push_back({2, bytes("second")});
    change.moves_serial = true;
    const Committed refused = world.commit(change, new_year(9));
    CHECK_FALSE(refused.done);
    CHECK((world.get("k1") == key));
    CHECK(world.store().private_key("k1", 1).value());
    CHECK_FALSE(world.store().private_key("k1", 2).value());
    CHECK(world.zone().serial == before);
    CHECK(world.store().events({}).value().size() == 1);
}

TEMPLATE_TEST_CASE("Of two writers who saw the same version the second changes nothing", "", EACH_STORE) {
    TestType world;
    world.put(sample_key("k1", {"aaaaaa"}));
    Key first = world.get("k1");
    Key second = first;
    first.org = "First";
    second.org = "Second";
    CHECK(world.commit(change_to(first)).done);
    CHECK_FALSE(world.commit(change_to(second)).done);
    CHECK(world.get("k1").org == "First");
    second = world.get("k1");
    second.org = "Second";
    CHECK(world.commit(change_to(second)).done);
    CHECK(world.get("k1").version == 3);
}

TEMPLATE_TEST_CASE("A key that is not there can be neither changed nor erased", "", EACH_STORE) {
    TestType world;
    const Serial before = world.zone().serial;
    const Key key = sample_key("k1", {"aaaaaa"});
    CHECK_FALSE(world.commit(change_to(key)).done);
    CHECK(world.erase(key, new_year(9)).error().code == Errc::conflict);
    CHECK(world.zone().serial == before);
    CHECK(world.store().events({}).value().empty());
}

TEMPLATE_TEST_CASE("Destroyed private keys are gone and the others stay", "", EACH_STORE) {
    TestType world;
    Key key = sample_key("k1", {"aaaaaa", "bbbbbb", "cccccc"});
    world.put(key);
    changed(world, key, {1, 3, 77});
    CHECK_FALSE(world.store().private_key("k1", 1).value());
    CHECK(world.store().private_key("k1", 2).value() == bytes("sealed k1 2"));
    CHECK_FALSE(world.store().private_key("k1", 3).value());
    CHECK(world.get("k1").slots[0].pairs.size() == 1);  // the public part stays
}

TEMPLATE_TEST_CASE("A change brings the private keys of its new pairs", "", EACH_STORE) {
    TestType world;
    Key key = sample_key("k1", {"aaaaaa", "bbbbbb"});
    world.put(key);
    for (const unsigned number : {3U, 4U}) key.slots[0].pairs.push_back(sample_pair(number, key.type, 3));
    Change change = change_to(key, {1});
    change.add = {{3, bytes("third")}, {4, bytes("fourth")}};
    REQUIRE(world.commit(change).done);
    CHECK_FALSE(world.store().private_key("k1", 1).value());
    CHECK(world.store().private_key("k1", 2).value() == bytes("sealed k1 2"));
    CHECK(world.store().private_key("k1", 3).value() == bytes("third"));
    CHECK(world.store().private_key("k1", 4).value() == bytes("fourth"));
}

TEMPLATE_TEST_CASE("An erased key is gone with its private keys", "", EACH_STORE) {
    TestType world;
    const Key key = sample_key("k1", {"aaaaaa", "bbbbbb"});
    const Key other = key_of("b.example", "k2", {"cccccc"});
    world.put(key);
    world.put(other);
    REQUIRE(world.erase(key, new_year()).has_value());
    CHECK_FALSE(world.store().find("k1").value());
    CHECK_FALSE(world.store().private_key("k1", 1).value());
    CHECK(ids(world.store().list({}).value().keys) == Ids{"k2"});
    CHECK(world.count() == 1);
    CHECK((world.get("k2") == other));
    CHECK(world.store().private_key("k2", 1).value());
}

TEMPLATE_TEST_CASE("A key that was changed meanwhile is not erased", "", EACH_STORE) {
    TestType world;
    const Key key = sample_key("k1", {"aaaaaa"});
    const Serial before = world.put(key);
    changed(world, key);
    const auto refused = world.erase(key, new_year(9));
    REQUIRE(refused.has_error());
    CHECK(refused.error().code == Errc::conflict);
    CHECK(world.get("k1").version == 2);
    CHECK(world.store().private_key("k1", 1).value());
    CHECK(world.zone().serial == before);
    CHECK(world.erase(world.get("k1"), new_year(9)).has_value());
}

}  // namespace custdkim::test
