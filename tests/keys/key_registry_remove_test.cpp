#include <catch2/catch.hpp>

#include "keys/key_state.hpp"
#include "tests/keys/registry_world.hpp"

using namespace custdkim;
using namespace std::chrono_literals;
using test::RegistryWorld;

namespace {

constexpr Duration day = 24h;

bool has_private_keys(RegistryWorld& world, const Key& key) {
    for (const Slot& slot : key.slots) {
        for (const Pair& pair : slot.pairs) {
            if (world.store.private_key(key.id, pair.number).value()) return true;
        }
    }
    return false;
}

std::vector<std::string> withdrawn(const RegistryWorld& world) {
    std::vector<std::string> ids;
    for (const auto& event : world.publisher.events) {
        if (!event.published) ids.push_back(event.key.id);
    }
    return ids;
}

std::size_t withdrawals(const RegistryWorld& world) { return withdrawn(world).size(); }

}  // namespace

TEST_CASE("A key that was never active is gone as soon as it is deleted") {
    RegistryWorld world;
    const Key key = world.create("acme.example").value();
    world.clock.advance(day);
    const Serial before = world.zone_serial();
    const Deletion deletion = world.registry.remove("acme.example").value();
    CHECK(deletion.withdrawn);
    CHECK(deletion.key.id == key.id);
    CHECK(world.key_count() == 0);
    CHECK_FALSE(has_private_keys(world, key));
    REQUIRE(withdrawals(world) == 1);
    CHECK(world.publisher.events.back().key.id == key.id);
    CHECK(world.publisher.events.back().serial == world.zone_serial());
    CHECK(is_newer(world.zone_serial(), before));
    CHECK((world.registry.remove(key.id).error().code == Errc::not_found));
}

TEST_CASE("A key that signed stops at once, and its records stay for the retention") {
    RegistryWorld world;
    const Key key = world.insert_active("k1", {"aaaaaa", "bbbbbb"});
    world.clock.advance(3 * day);
    const Deletion deletion = world.registry.remove("k1").value();
    CHECK_FALSE(deletion.withdrawn);
    CHECK(deletion.withdraw_at == test::new_year() + 3 * day + RegistryWorld::retention);
    CHECK(world.publisher.events.empty());

    const Key stored = world.store.find("k1").value().value();
    CHECK(stored == deletion.key);
    CHECK(stored.deleted_at == test::new_year() + 3 * day);
    CHECK((status_of(stored) == KeyStatus::inactive));
    CHECK(stored.slots[0].pairs[0].retired_at == test::new_year() + 3 * day);
    CHECK_FALSE(stored.slots[1].pairs[0].retired_at.has_value());  // it never signed
}

TEST_CASE("Private keys are destroyed at deletion, long before the records go") {
    RegistryWorld world;
    const Key key = world.insert_active("k1", {"aaaaaa", "bbbbbb"});
    REQUIRE(has_private_keys(world, key));
    world.registry.remove("k1").value();
    CHECK_FALSE(has_private_keys(world, key));
    CHECK(world.key_count() == 1);
}

TEST_CASE("Records are withdrawn when their time has come, and not a second before") {
    RegistryWorld world;
    world.insert_active("k1", {"aaaaaa", "bbbbbb"});
    world.registry.remove("k1").value();
    const Timestamp due = test::new_year() + RegistryWorld::retention;
    CHECK(world.settle() == due);
    world.clock.advance(RegistryWorld::retention - 1s);
    CHECK(world.settle() == due);
    CHECK(withdrawals(world) == 0);
    CHECK(world.key_count() == 1);

    const Serial before = world.zone_serial();
    world.clock.advance(1s);
    CHECK_FALSE(world.settle().has_value());
    CHECK(withdrawals(world) == 1);
    CHECK(world.key_count() == 0);
    CHECK(is_newer(world.zone_serial(), before));
    CHECK(world.publisher.events.back().serial == world.zone_serial());

    CHECK_FALSE(world.settle().has_value());
    CHECK(withdrawals(world) == 1);
}

TEST_CASE("Of several deleted keys each goes at its own time, and the next one is announced") {
    RegistryWorld world;
    world.policy.watch = Duration(0);
    world.insert_active("k1", {"aaaaaa", "bbbbbb"}, "one.example");
    world.insert_active("k2", {"cccccc", "dddddd"}, "two.example");
    world.insert_active("k3", {"eeeeee", "ffffff"}, "three.example");
    const Timestamp first = test::new_year() + RegistryWorld::retention;
    world.registry.remove("k2").value();
    world.clock.advance(day);
    world.registry.remove("k1").value();
    CHECK(world.settle() == first);
    world.clock.advance(first - world.clock.now());
    CHECK(world.settle() == first + day);
    CHECK(withdrawn(world) == std::vector<std::string>{"k2"});
    world.clock.advance(day);
    world.settle();
    CHECK(withdrawn(world) == std::vector<std::string>{"k2", "k1"});
    CHECK(world.key_count() == 1);  // k3 was not deleted, and stays
}

TEST_CASE("A clock that steps back withdraws nothing") {
    RegistryWorld world;
    world.insert_active("k1", {"aaaaaa", "bbbbbb"});
    world.registry.remove("k1").value();
    world.clock.set(test::new_year(-1000000));
    CHECK(world.settle() > world.clock.now());
    CHECK(withdrawals(world) == 0);
}

TEST_CASE("A clock behind the first signature does not shorten the retention (R3, R7)") {
    RegistryWorld world;
    const Key key = world.insert_active("kactive", {"aaaaaa", "bbbbbb"});
    const Timestamp signing_since = world.clock.now();
    world.clock.set(signing_since - std::chrono::hours(48));
    CHECK(world.registry.remove(key.id).value().withdraw_at == signing_since + RegistryWorld::retention);
}

TEST_CASE("A key that stopped signing long ago is gone as soon as it is deleted") {
    RegistryWorld world;
    Key key = test::sample_key("k1", {"aaaaaa", "bbbbbb"});
    key.slots[0].pairs[0].signing_since = test::new_year();
    key.slots[0].pairs[0].retired_at = test::new_year() + day;
    world.store.insert({key, {}, {}}, world.clock.now()).value();
    world.clock.set(test::new_year() + day + RegistryWorld::retention);
    CHECK(world.registry.remove("k1").value().withdrawn);
    CHECK(world.key_count() == 0);
}

TEST_CASE("Deleting a deleted key changes nothing and says the same") {
    RegistryWorld world;
    world.insert_active("k1", {"aaaaaa", "bbbbbb"});
    const Deletion first = world.registry.remove("k1").value();
    world.clock.advance(day);
    const Deletion again = world.registry.remove("acme.example").value();
    CHECK(again.key == first.key);
    CHECK(again.withdraw_at == first.withdraw_at);
    CHECK_FALSE(again.withdrawn);
    CHECK(world.publisher.events.empty());
}

TEST_CASE("The selectors of a deleted key are free when its records are gone, and not before") {
    RegistryWorld world;
    world.insert_active("k1", {"aaaaaa", "bbbbbb"});
    world.registry.remove("k1").value();
    CHECK((world.create("acme.example", "s1", "s2").error().code == Errc::conflict));
    world.clock.advance(RegistryWorld::retention);
    world.settle();
    CHECK(world.create("acme.example", "s1", "s2").has_value());
}

TEST_CASE("The label of a deleted key is never issued again") {
    RegistryWorld world;
    const Key key = world.create("acme.example").value();
    REQUIRE(world.registry.remove(key.id).value().withdrawn);
    for (int restart = 0; restart < 5; ++restart) {
        SeededRandom same_draws(7);
        auto registry = world.registry_that_draws(same_draws);
        const Key next = world.create(registry, "other" + std::to_string(restart) + ".example").value();
        for (const Slot& slot : next.slots) {
            CHECK(slot.label != key.slots[0].label);
            CHECK(slot.label != key.slots[1].label);
        }
        world.registry.remove(next.id).value();
    }
}
