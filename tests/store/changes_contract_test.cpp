// Contract of every store: updating and erasing keys, and the check of the master key.
#include <catch2/catch.hpp>

#include "each_store.hpp"

namespace custdkim::test {

namespace {

Result<void> update(World& world, const Key& key, std::vector<unsigned> destroy = {}) {
    return world.store().update(key, destroy);
}

}  // namespace

TEMPLATE_TEST_CASE("An update replaces the facts of a key and counts its version up", "", EACH_STORE) {
    TestType world;
    Key key = sample_key("k1", {"aaaaaa", "bbbbbb"});
    world.put(key);
    key.match = DomainMatch::subdomains;
    key.org = "Another";
    key.activated_at = new_year(5);
    key.slots[0].pairs[0].visible_at = new_year(6);
    key.slots[0].pairs[0].signing_since = new_year(7);
    key.slots[1].pairs[0].published_at.reset();
    key.slots[1].pairs.push_back(sample_pair(3, key.type, 3));
    REQUIRE(update(world, key).has_value());
    ++key.version;
    CHECK((world.get("k1") == key));

    key.activated_at.reset();
    key.deleted_at = new_year(8);
    key.slots[0].pairs[0].retired_at = new_year(8);
    REQUIRE(update(world, key).has_value());
    ++key.version;
    CHECK((world.get("k1") == key));
}

TEMPLATE_TEST_CASE("A pair that an update leaves out is gone", "", EACH_STORE) {
    TestType world;
    Key key = sample_key("k1", {"aaaaaa", "bbbbbb"});
    key.slots[0].pairs.push_back(sample_pair(3, key.type, 3));
    world.put(key);
    key.slots[0].pairs.erase(key.slots[0].pairs.begin());
    key.slots[1].pairs.clear();
    REQUIRE(update(world, key).has_value());
    ++key.version;
    CHECK((world.get("k1") == key));
}

TEMPLATE_TEST_CASE("An update changes no other key and no serial", "", EACH_STORE) {
    TestType world;
    Key key = sample_key("k1", {"aaaaaa"});
    const Key other = key_of("b.example", "k2", {"bbbbbb"});
    world.put(key);
    const Serial before = world.put(other);
    key.org = "Another";
    REQUIRE(update(world, key, {1}).has_value());
    CHECK((world.get("k2") == other));
    CHECK(world.store().private_key("k2", 1).value());
    CHECK(world.zone().serial == before);
}

TEMPLATE_TEST_CASE("An update that does not know the present version is refused and has changed nothing", "",
                   EACH_STORE) {
    TestType world;
    const Key key = sample_key("k1", {"aaaaaa"});
    world.put(key);
    Key changed = key;
    changed.org = "Another";
    changed.version = GENERATE(0, 2);
    changed.slots[0].pairs[0].visible_at = new_year(1);
    const auto refused = update(world, changed, {1});
    REQUIRE(refused.has_error());
    CHECK(refused.error().code == Errc::conflict);
    CHECK(refused.error().detail.find("k1") != std::string::npos);
    CHECK((world.get("k1") == key));
    CHECK(world.store().private_key("k1", 1).value());
}

TEMPLATE_TEST_CASE("Of two writers who saw the same version the second is refused", "", EACH_STORE) {
    TestType world;
    world.put(sample_key("k1", {"aaaaaa"}));
    Key first = world.get("k1");
    Key second = first;
    first.org = "First";
    second.org = "Second";
    CHECK(update(world, first).has_value());
    CHECK(update(world, second).has_error());
    CHECK(world.get("k1").org == "First");
    second = world.get("k1");
    second.org = "Second";
    CHECK(update(world, second).has_value());
    CHECK(world.get("k1").version == 3);
}

TEMPLATE_TEST_CASE("A key that is not there can be neither updated nor erased", "", EACH_STORE) {
    TestType world;
    const Serial before = world.zone().serial;
    const Key key = sample_key("k1", {"aaaaaa"});
    CHECK(update(world, key).error().code == Errc::conflict);
    CHECK(world.erase(key, new_year(9)).error().code == Errc::conflict);
    CHECK(world.zone().serial == before);
}

TEMPLATE_TEST_CASE("Destroyed private keys are gone and the others stay", "", EACH_STORE) {
    TestType world;
    Key key = sample_key("k1", {"aaaaaa", "bbbbbb", "cccccc"});
    world.put(key);
    REQUIRE(update(world, key, {1, 3, 77}).has_value());
    CHECK_FALSE(world.store().private_key("k1", 1).value());
    CHECK(world.store().private_key("k1", 2).value() == bytes("sealed k1 2"));
    CHECK_FALSE(world.store().private_key("k1", 3).value());
    CHECK(world.get("k1").slots[0].pairs.size() == 1);  // the public part stays
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
    REQUIRE(update(world, key).has_value());
    const auto refused = world.erase(key, new_year(9));
    REQUIRE(refused.has_error());
    CHECK(refused.error().code == Errc::conflict);
    CHECK(world.get("k1").version == 2);
    CHECK(world.store().private_key("k1", 1).value());
    CHECK(world.zone().serial == before);
    CHECK(world.erase(world.get("k1"), new_year(9)).has_value());
}

TEMPLATE_TEST_CASE("The deleted keys are those that wait to be erased", "", EACH_STORE) {
    TestType world;
    CHECK(world.store().deleted_keys().value().empty());
    Key first = sample_key("k1", {"aaaaaa"});
    Key third = key_of("c.example", "k3", {"cccccc"});
    world.put(first);
    world.put(key_of("b.example", "k2", {"bbbbbb"}));
    world.put(third);
    for (Key* key : {&first, &third}) {
        key->deleted_at = new_year(4);
        REQUIRE(update(world, *key).has_value());
        ++key->version;
    }
    const auto deleted = world.store().deleted_keys().value();
    REQUIRE(ids(deleted) == Ids{"k1", "k3"});
    CHECK((deleted[0] == first));
    CHECK((deleted[1] == third));
    REQUIRE(world.erase(first, new_year()).has_value());
    CHECK(ids(world.store().deleted_keys().value()) == Ids{"k3"});
}

TEMPLATE_TEST_CASE("The check of the master key is none at first and then the last one set", "", EACH_STORE) {
    TestType world;
    CHECK_FALSE(world.store().master_key_check().value());
    using namespace std::string_view_literals;
    for (const auto check : {"one"sv, "two\0three\xff"sv, "four"sv}) {
        REQUIRE(world.store().set_master_key_check(bytes(check)).has_value());
        CHECK(world.store().master_key_check().value() == bytes(check));
    }
}

}  // namespace custdkim::test
