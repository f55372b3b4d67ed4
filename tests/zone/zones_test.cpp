// Finding the zone that a name is in.
#include <catch2/catch.hpp>

#include "sample_zone.hpp"
#include "zone/zones.hpp"

namespace custdkim::test {

namespace {

void add(Zones& zones, std::string_view zone, std::uint32_t id) {
    auto settings = sample_settings();
    settings.name = name(zone);
    zones.add(KeyZone::make(std::move(settings), id, 1000).value());
}

// Nested on purpose, the parent between its children.
Zones three_zones() {
    Zones zones;
    add(zones, "deep.custdkim.example.net", 1);
    add(zones, "custdkim.example.net", 2);
    add(zones, "keys.example.org", 3);
    return zones;
}

// "id:relative", or "none".
std::string match(const Zones& zones, std::string_view name, std::optional<std::uint32_t> id = {}) {
    const auto found = zones.match(name, id);
    if (!found) return "none";
    return std::to_string(found->zone->id()) + ":" + std::string(found->relative);
}

}  // namespace

TEST_CASE("A name is in the zone whose name it ends with") {
    const Zones zones = three_zones();
    CHECK(match(zones, "keys.example.org") == "3:");
    CHECK(match(zones, "s1.q7w2ka.keys.example.org") == "3:s1.q7w2ka");
    CHECK(match(zones, "custdkim.example.net") == "2:");
}

TEST_CASE("A name is in the closest of nested zones") {
    const Zones zones = three_zones();
    CHECK(match(zones, "s1.q7w2ka.deep.custdkim.example.net") == "1:s1.q7w2ka");
    CHECK(match(zones, "deep.custdkim.example.net") == "1:");
    CHECK(match(zones, "s1.q7w2ka.custdkim.example.net") == "2:s1.q7w2ka");
    CHECK(match(zones, "xdeep.custdkim.example.net") == "2:xdeep");
}

TEST_CASE("A name of another zone or above ours is in none") {
    const Zones zones = three_zones();
    const std::string_view foreign =
        GENERATE("", "net", "example.net", "example.org", "xcustdkim.example.net", "www.example.com",
                 ".keys.example.org.example", "keys.example.org.");
    CHECK(match(zones, foreign) == "none");
}

TEST_CASE("An escaped dot does not separate a name from a zone") {
    const Zones zones = three_zones();
    CHECK(match(zones, "x\\.keys.example.org") == "none");
    CHECK(match(zones, "x\\\\.keys.example.org") == "3:x\\\\");
    CHECK(match(zones, "x\\\\\\.keys.example.org") == "none");
    CHECK(match(zones, "x\\.deep.custdkim.example.net") == "2:x\\.deep");
}

TEST_CASE("A name with an empty label is in no zone that begins behind it") {
    const Zones zones = three_zones();
    CHECK(match(zones, ".custdkim.example.net") == "none");
    CHECK(match(zones, ".custdkim.example.net", 2) == "none");
    CHECK(match(zones, ".") == "none");
}

TEST_CASE("The id that PowerDNS gives decides between nested zones") {
    const Zones zones = three_zones();
    CHECK(match(zones, "deep.custdkim.example.net", 2) == "2:deep");
    CHECK(match(zones, "deep.custdkim.example.net", 1) == "1:");
}

TEST_CASE("An id whose zone does not contain the name is ignored") {
    const Zones zones = three_zones();
    CHECK(match(zones, "s1.q7w2ka.keys.example.org", 2) == "3:s1.q7w2ka");
    CHECK(match(zones, "www.example.com", 2) == "none");
}

TEST_CASE("An id that no zone has is ignored") {
    const Zones zones = three_zones();
    CHECK(match(zones, "keys.example.org", 0) == "3:");
    CHECK(match(zones, "keys.example.org", 4294967295U) == "3:");
}

TEST_CASE("Zones are found by their whole name and by their id") {
    const Zones zones = three_zones();
    CHECK(zones.find(name("custdkim.example.net"))->id() == 2);
    CHECK_FALSE(zones.find(name("s1.custdkim.example.net")));
    CHECK(zones.find(3U)->name() == name("keys.example.org"));
    CHECK_FALSE(zones.find(4U));
    CHECK(zones.all().size() == 3);
}

TEST_CASE("No zones match nothing") {
    const Zones zones;
    CHECK(match(zones, "custdkim.example.net") == "none");
    CHECK(match(zones, "custdkim.example.net", 1) == "none");
}

TEST_CASE("A key is published in and withdrawn from its own zone alone") {
    Zones zones = three_zones();
    Key key = sample_key("k1", {"q7w2ka"});
    key.zone = name("keys.example.org");
    zones.publish(key, 1001);
    CHECK(zones.find(3U)->record_count() == 1);
    CHECK(zones.find(3U)->serial() == 1001);
    CHECK(zones.find(2U)->record_count() == 0);
    CHECK(zones.find(2U)->serial() == 1000);
    zones.withdraw(key, 1002);
    CHECK(zones.find(3U)->record_count() == 0);
    CHECK(zones.find(3U)->serial() == 1002);
}

TEST_CASE("A key of an unknown zone is our own mistake") {
    Zones zones = three_zones();
    Key key = sample_key("k1", {"q7w2ka"});
    key.zone = name("elsewhere.example");
    CHECK_THROWS_AS(zones.publish(key, 1001), std::logic_error);
    CHECK_THROWS_AS(zones.withdraw(key, 1001), std::logic_error);
    CHECK_THROWS_AS(zones.is_reserved(key.zone, "q7w2ka"), std::logic_error);
}

TEST_CASE("Labels are reserved zone by zone") {
    Zones zones;
    zones.add(sample_zone("www 60 IN A 192.0.2.1\n"));
    add(zones, "keys.example.org", 3);
    CHECK(zones.is_reserved(name("custdkim.example.net"), "www"));
    CHECK_FALSE(zones.is_reserved(name("keys.example.org"), "www"));
}

}  // namespace custdkim::test
