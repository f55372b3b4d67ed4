// Contract of every store: zones, their ids and their serials.
#include <catch2/catch.hpp>

#include "each_store.hpp"

namespace custdkim::test {

namespace {

const dns::Name other_zone = name("keys.example.org");

std::vector<StoredZone> open(World& world, const std::vector<dns::Name>& zones, Timestamp now = new_year()) {
    return world.store().open_zones(zones, now).value();
}

}  // namespace

TEMPLATE_TEST_CASE("A zone that is new gets an id and a serial from the clock", "", EACH_STORE) {
    TestType world;
    const auto zones = open(world, {our_zone, other_zone}, new_year(50));
    REQUIRE(zones.size() == 2);
    CHECK(zones[0].name == our_zone);
    CHECK(zones[1].name == other_zone);
    CHECK(zones[0].id > 0);
    CHECK(zones[1].id > 0);
    CHECK(zones[0].id != zones[1].id);
    CHECK(zones[0].serial == new_year().time_since_epoch().count());
    CHECK(zones[1].serial == new_year(50).time_since_epoch().count());
}

TEMPLATE_TEST_CASE("Opening zones again changes neither ids nor serials whatever their order", "",
                   EACH_STORE) {
    TestType world;
    const auto first = open(world, {our_zone, other_zone});
    const auto again = open(world, {other_zone, our_zone}, new_year(1000));
    CHECK(again[0].id == first[1].id);
    CHECK(again[0].serial == first[1].serial);
    CHECK(again[1].id == first[0].id);
    CHECK(again[1].serial == first[0].serial);
}

TEMPLATE_TEST_CASE("Moving a zone's serial goes forward, is remembered, and touches no other zone", "",
                   EACH_STORE) {
    TestType world;
    const auto before = open(world, {our_zone, other_zone});
    CHECK(world.store().move_serial(our_zone, new_year(7)).value() == before[0].serial + 7);
    CHECK(world.store().move_serial(our_zone, new_year(-1000)).value() == before[0].serial + 8);
    const auto after = open(world, {our_zone, other_zone});
    CHECK(after[0].serial == before[0].serial + 8);
    CHECK(after[1].serial == before[1].serial);
    CHECK(world.store().move_serial(name("unknown.example"), new_year()).has_error());
}

TEMPLATE_TEST_CASE("A zone without keys may go and comes back with its id and serial", "", EACH_STORE) {
    TestType world;
    const auto before = open(world, {our_zone, other_zone});
    const auto without = open(world, {our_zone, name("third.example")});
    CHECK(without[1].id != before[1].id);
    const auto back = open(world, {other_zone}, new_year(1000));
    CHECK(back[0].id == before[1].id);
    CHECK(back[0].serial == before[1].serial);
}

TEMPLATE_TEST_CASE("A store with keys of a zone that is not named is not opened", "", EACH_STORE) {
    TestType world;
    world.put(sample_key("k1", {"aaaaaa"}));
    Key deleted = key_of("b.example", "k2", {"bbbbbb"});
    deleted.deleted_at = new_year();
    world.put(deleted);
    const auto refused = world.store().open_zones({&other_zone, 1}, new_year());
    REQUIRE(refused.has_error());
    CHECK(refused.error().code == Errc::conflict);
    CHECK(refused.error().detail.find("2 keys of the zone custdkim.example.net") != std::string::npos);

    SECTION("and has not taken in the new zone") {
        const auto zones = open(world, {our_zone, name("third.example"), other_zone});
        CHECK(zones[1].id == zones[0].id + 1);
    }
    SECTION("until those keys are gone") {
        for (const char* id : {"k1", "k2"}) CHECK(world.erase(world.get(id), new_year()).has_value());
        CHECK(world.store().open_zones({&other_zone, 1}, new_year()).has_value());
    }
}

TEMPLATE_TEST_CASE("Every inserted and every erased key moves its zone's serial to the clock", "",
                   EACH_STORE) {
    TestType world;
    open(world, {our_zone, other_zone});
    const auto at = [](long seconds) {
        return static_cast<Serial>(new_year(seconds).time_since_epoch().count());
    };
    CHECK(world.put(sample_key("k1", {"aaaaaa"}), new_year(10)) == at(10));
    CHECK(world.erase(world.get("k1"), new_year(20)).value() == at(20));
    const auto zones = open(world, {our_zone, other_zone}, new_year(30));
    CHECK(zones[0].serial == at(20));
    CHECK(zones[1].serial == at(0));
}

TEMPLATE_TEST_CASE("Serials only go forward when the clock stands or steps back", "", EACH_STORE) {
    TestType world;
    const Serial start = world.zone().serial;
    CHECK(world.put(sample_key("k1", {"aaaaaa"})) == start + 1);
    CHECK(world.put(key_of("b.example", "k2", {"bbbbbb"}), new_year(-100000)) == start + 2);
    CHECK(world.put(key_of("c.example", "k3", {"cccccc"}), Timestamp{}) == start + 3);
    CHECK(world.erase(world.get("k1"), new_year(-5)).value() == start + 4);
    CHECK(world.zone(Timestamp{}).serial == start + 4);
}

TEMPLATE_TEST_CASE("Serials count on beyond the largest number", "", EACH_STORE) {
    TestType world;
    const dns::Name zone = name("late.example");
    const std::vector<dns::Name> zones = {our_zone, zone};
    open(world, zones, Timestamp(Duration(0x7fffffffL)));
    const auto insert = [&](const std::string& label) {
        Key key = sample_key("k" + label, {label});
        key.domain = name(label + ".example");
        key.zone = zone;
        return world.put(key, Timestamp(Duration(0xfffffffeL)));
    };
    CHECK(insert("aaaaaa") == 0xfffffffeU);
    CHECK(insert("bbbbbb") == 0xffffffffU);
    CHECK(insert("cccccc") == 0);
    CHECK(open(world, zones)[1].serial == 0);
    CHECK(insert("dddddd") == 1);
}

TEMPLATE_TEST_CASE("A key of a zone that was never opened is refused and leaves nothing behind", "",
                   EACH_STORE) {
    TestType world;
    Key key = sample_key("k1", {"aaaaaa"});
    key.zone = other_zone;
    const auto refused = world.insert(key);
    REQUIRE(refused.has_error());
    CHECK(refused.error().code == Errc::internal);
    CHECK(refused.error().detail.find("keys.example.org") != std::string::npos);
    CHECK(world.count() == 0);
    key.zone = our_zone;
    CHECK_NOTHROW(world.put(key));
}

}  // namespace custdkim::test
