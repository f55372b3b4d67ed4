// What an operator asks of the running daemon.
#include <fstream>

#include <catch2/catch.hpp>

#include "service/operations.hpp"
#include "tests/support/sample_keys.hpp"
#include "tests/support/temporary_directory.hpp"

namespace custdkim::test {

namespace {

std::string zone_text(unsigned serial, const std::string& more = "") {
    return "$TTL 300\n@ IN SOA ns1 hostmaster " + std::to_string(serial) +
           " 3600 900 1209600 300\n@ IN NS ns1\nns1 IN A 192.0.2.1\n" + more;
}

// Two static zones, their files in a directory of their own.
struct TwoZones {
    TemporaryDirectory directory;
    Zones zones;
    backend::Counters counters;
    SimulatedClock clock{new_year()};
    DaemonOperations operations{zones, counters, clock};

    TwoZones() {
        for (const auto& [zone, id] : {std::pair{"a.example", 1U}, {"b.example", 2U}}) {
            write(zone, zone_text(1));
            zones.add(StaticZone::open(name(zone), directory / zone, id).value());
        }
    }
    void write(const std::string& zone, const std::string& text) {
        std::ofstream(directory / zone, std::ios::trunc) << text;
    }
    Serial serial(const std::string& zone) { return zones.find(name(zone))->serial(); }
};

}  // namespace

TEST_CASE("A reload tells which zones have changed") {
    TwoZones world;
    CHECK(world.operations.reload().value() == "no static zone has changed");
    world.write("b.example", zone_text(2));
    CHECK(world.operations.reload().value() == "changed: b.example");
    CHECK(world.serial("b.example") == 2);
    world.write("a.example", zone_text(3));
    world.write("b.example", zone_text(3));
    CHECK(world.operations.reload_zones().changed == std::vector<std::string>{"a.example", "b.example"});
}

TEST_CASE("A reload has a line for each file that is broken, and takes the others") {
    TwoZones world;
    world.write("a.example", zone_text(2, "www IN A 192.0.2.256\n"));
    std::filesystem::remove(world.directory / "b.example");
    const std::string problems = world.operations.reload().error().detail;
    CHECK(std::count(problems.begin(), problems.end(), '\n') == 1);
    CHECK(problems.find((world.directory / "a.example").string() + ":5: ") != std::string::npos);
    CHECK(problems.find((world.directory / "b.example").string() + ": ") != std::string::npos);
    CHECK(world.serial("a.example") == 1);
    CHECK(world.serial("b.example") == 1);
    world.write("b.example", zone_text(7));
    CHECK(world.operations.reload_zones().problems.size() == 1);
    CHECK(world.serial("b.example") == 7);
}

TEST_CASE("The status tells version, uptime by the clock, connections, requests and zones") {
    TwoZones world;
    world.clock.advance(std::chrono::hours(3));
    world.counters.conversations = 4;
    using backend::Ending;
    for (int i = 0; i < 9; ++i) world.counters.next_stripe().count(0, Ending::answered, {});
    for (int i = 0; i < 2; ++i) world.counters.next_stripe().count(1, Ending::failed, {});
    const std::string status = world.operations.status();
    CHECK(status.starts_with("custdkim "));
    CHECK(status.find("started at 2026-01-01T00:00:00Z, up for 3h\n") != std::string::npos);
    CHECK(status.find("PowerDNS: 4 connections, 11 requests, 2 of them failed\n") != std::string::npos);
    CHECK(
        status.ends_with("\na.example: static zone, serial 1, 3 records\n"
                         "b.example: static zone, serial 1, 3 records\n"));
}

}  // namespace custdkim::test
