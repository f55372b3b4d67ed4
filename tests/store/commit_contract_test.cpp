// Contract of every store: many changes in one commit.
#include <catch2/catch.hpp>

#include "each_store.hpp"

namespace custdkim::test {

namespace {

Key key_number(int number) {
    const std::string n = std::to_string(number);
    return key_of("d" + n + ".example", "k" + n, {"label" + n});
}

// Keys k0, k1, ..., each with one slot.
std::vector<Key> put_keys(World& world, int count) {
    std::vector<Key> keys;
    for (int i = 0; i < count; ++i) {
        keys.push_back(key_number(i));
        world.put(keys.back());
    }
    return keys;
}

// The pair 2, published in the first slot.
Change publish(Key key) {
    key.slots[0].pairs.push_back(sample_pair(2, key.type, 2));
    Change change = change_to(key);
    change.add.push_back({2, bytes("second of " + key.id)});
    change.moves_serial = true;
    return change;
}

}  // namespace

TEMPLATE_TEST_CASE("A commit of nothing does nothing", "", EACH_STORE) {
    TestType world;
    const Serial before = world.zone().serial;
    CHECK(world.commit(std::vector<Change>{}).value().empty());
    CHECK(world.zone().serial == before);
}

TEMPLATE_TEST_CASE("A change that is too late leaves the others of its commit", "", EACH_STORE) {
    TestType world;
    const auto keys = put_keys(world, 4);
    REQUIRE(world.commit(change_to(keys[1])).done);
    REQUIRE(world.erase(keys[3]).has_value());
    std::vector<Change> changes;
    for (const Key& key : keys) changes.push_back(publish(key));
    const auto committed = world.commit(changes).value();
    REQUIRE(committed.size() == 4);
    for (const std::size_t i : {0U, 2U}) {
        CHECK(committed[i].done);
        CHECK(world.get(keys[i].id).slots[0].pairs.size() == 2);
        CHECK(world.store().private_key(keys[i].id, 2).value() == bytes("second of " + keys[i].id));
    }
    for (const std::size_t i : {1U, 3U}) {
        CHECK_FALSE(committed[i].done);
        CHECK_FALSE(world.store().private_key(keys[i].id, 2).value());
    }
    CHECK(world.get("k1").slots[0].pairs.size() == 1);
    CHECK_FALSE(world.store().find("k3").value());
}

TEMPLATE_TEST_CASE("Each change of a commit that moves the serial has one of its own, in their order", "",
                   EACH_STORE) {
    TestType world;
    const auto keys = put_keys(world, 5);
    std::vector<Change> changes;
    for (const Key& key : keys) changes.push_back(publish(key));
    changes[2].moves_serial = false;
    ++changes[3].key.version;  // refused
    const auto committed = world.commit(changes, new_year(100)).value();
    const auto first = static_cast<Serial>(new_year(100).time_since_epoch().count());
    CHECK(committed[0].serial == first);
    CHECK(committed[1].serial == first + 1);
    CHECK(committed[2].serial == first + 1);
    CHECK(committed[4].serial == first + 2);
    CHECK(world.zone().serial == first + 2);
}

TEMPLATE_TEST_CASE("Changes of keys of two zones move two serials", "", EACH_STORE) {
    TestType world;
    const std::vector<dns::Name> zones = {our_zone, name("keys.example.org")};
    world.store().open_zones(zones, new_year()).value();
    std::vector<Change> changes;
    for (int i = 0; i < 4; ++i) {
        Key key = key_number(i);
        if (i % 2 == 1) key.zone = zones[1];
        world.put(key);
        changes.push_back(publish(key));
    }
    const auto committed = world.commit(changes, new_year(100)).value();
    const auto first = static_cast<Serial>(new_year(100).time_since_epoch().count());
    for (const std::size_t i : {0U, 1U}) {
        CHECK(committed[i].serial == first);
        CHECK(committed[i + 2].serial == first + 1);
    }
    for (const StoredZone& zone : world.store().open_zones(zones, new_year()).value()) {
        CHECK(zone.serial == first + 1);
    }
}

TEMPLATE_TEST_CASE("Two changes of one key in one commit come one after the other", "", EACH_STORE) {
    TestType world;
    const Key key = put_keys(world, 1)[0];
    std::vector<Change> changes = {publish(key), publish(key), publish(key)};
    ++changes[1].key.version;
    changes[1].key.org = "Another";
    changes[1].add.clear();
    changes[1].destroy = {1, 2};
    const auto committed = world.commit(changes).value();  // the third saw what the first saw
    CHECK(committed[0].done);
    CHECK(committed[1].done);
    CHECK_FALSE(committed[2].done);
    CHECK(world.get("k0").version == 3);
    CHECK(world.get("k0").org == "Another");
    CHECK_FALSE(world.store().private_key("k0", 2).value());
}

TEMPLATE_TEST_CASE("One change that cannot be refuses its whole commit", "", EACH_STORE) {
    TestType world;
    const auto keys = put_keys(world, 3);
    const Serial before = world.zone().serial;
    std::vector<Change> changes;
    for (const Key& key : keys) changes.push_back(publish(key));
    Change& wrong = changes[1];
    SECTION("another label") { wrong.key.slots[0].label = "zzzzzz"; }
    SECTION("another selector") { wrong.key.slots[0].selector = "mail"; }
    SECTION("one slot more") { wrong.key.slots.push_back({"s2", "zzzzzz", {}, {}}); }
    SECTION("no slot") { wrong.key.slots.clear(); }
    SECTION("another domain") { wrong.key.domain = name("other.example"); }
    SECTION("another zone") { wrong.key.zone = name("other.example"); }
    SECTION("another type") { wrong.key.type = KeyType::rsa_2048; }
    SECTION("a private key that is there") { wrong.add.push_back({1, bytes("first")}); }
    const auto refused = world.commit(changes, new_year(100));
    REQUIRE(refused.has_error());
    CHECK(refused.error().code == Errc::internal);
    for (const Key& key : keys) {
        CHECK((world.get(key.id) == key));
        CHECK(world.store().private_key(key.id, 1).value() == secrets_of(key)[0].sealed);
        CHECK_FALSE(world.store().private_key(key.id, 2).value());
    }
    CHECK(world.zone().serial == before);
    CHECK(world.store().events({}).value().size() == 3);
    for (const Key& key : keys) CHECK(world.commit(publish(key)).done);
}

TEMPLATE_TEST_CASE("A commit takes hundreds of changes", "", EACH_STORE) {
    TestType world;
    const auto keys = put_keys(world, 600);
    std::vector<Change> changes;
    for (const Key& key : keys) changes.push_back(publish(key));
    for (const Committed& what : world.commit(changes).value()) REQUIRE(what.done);
    std::size_t pairs = 0;
    world.store().for_each_key([&](const Key& key) { pairs += key.slots[0].pairs.size(); }).value();
    CHECK(pairs == 1200);
}

}  // namespace custdkim::test
