// Zones over the API: what there are, and their records page by page.
#include <fstream>

#include <catch2/catch.hpp>

#include "api/record_page.hpp"
#include "api_world.hpp"

namespace custdkim::test {

using nlohmann::json;

namespace {

constexpr const char* zone_path = "/v1/zones/custdkim.example.net";

json get(ApiWorld& world, const std::string& target, unsigned status = 200) {
    const auto response = world.ask("GET", target);
    INFO(response.body);
    CHECK(response.status == status);
    return json::parse(response.body);
}

ApiWorld& with_keys(ApiWorld& world, int count) {
    for (int i = 0; i < count; ++i) {
        world.create(R"({"domain": "a)" + std::to_string(i) + R"(.example", "type": "ed25519"})");
    }
    return world;
}

// All records, page by page.
json records(ApiWorld& world, const std::string& limit) {
    json all = json::array();
    std::string after;
    do {
        const json page = get(world, std::string(zone_path) + "/records?limit=" + limit + after);
        CHECK_FALSE(page["records"].empty());
        for (const json& record : page["records"]) all.push_back(record);
        after = page["next"].is_null() ? "" : "&after=" + page["next"].get<std::string>();
    } while (!after.empty());
    return all;
}

}  // namespace

TEST_CASE("Zones are listed with kind, serial, number of records, and whether they are secured") {
    ApiWorld world;
    with_keys(world, 2);
    const json zones = get(world, "/v1/zones")["zones"];
    REQUIRE(zones.size() == 1);
    CHECK(zones[0]["name"] == "custdkim.example.net");
    CHECK(zones[0]["kind"] == "key");
    CHECK(zones[0]["serial"] == world.zones.all()[0]->serial());
    CHECK(zones[0]["records"] == world.zones.all()[0]->record_count());
    CHECK(zones[0]["secured"] == false);
    CHECK(get(world, zone_path) == zones[0]);
    CHECK(get(world, "/v1/zones/CUSTDKIM.example.net.") == zones[0]);
}

TEST_CASE("A zone counts as secured while PowerDNS has an active key for it") {
    ApiWorld world;
    const ServedZone& zone = *world.zones.all()[0];
    const std::string text = "Private-key-format: v1.2\nAlgorithm: 15 (ED25519)\n";
    const auto* const octets = reinterpret_cast<const std::uint8_t*>(text.data());
    const auto id =
        world.administration->add_domain_key(zone, {0, 257, true, true, SecretBytes({octets, text.size()})})
            .value();
    CHECK(get(world, zone_path)["secured"] == true);
    REQUIRE(world.administration->change_domain_key(zone, id, {false, std::nullopt}).has_value());
    CHECK(get(world, zone_path)["secured"] == false);
}

TEST_CASE("Records come in pages of whole names, each once, the SOA first") {
    ApiWorld world;
    with_keys(world, 5);
    const json whole = get(world, std::string(zone_path) + "/records");
    CHECK(whole["next"].is_null());
    CHECK(whole["serial"] == world.zones.all()[0]->serial());
    REQUIRE(whole["records"].size() == 12);  // SOA, NS, two of each key
    CHECK(whole["records"][0]["type"] == "SOA");
    CHECK(whole["records"][0]["name"] == "custdkim.example.net");
    CHECK(whole["records"][0]["ttl"] == 300);
    CHECK(whole["records"][1]["content"] == "ns1.example.net.");
    for (const char* limit : {"1", "2", "3", "5", "11", "12", "13"}) {
        CAPTURE(limit);
        CHECK(records(world, limit) == whole["records"]);
    }
    CHECK(get(world, std::string(zone_path) + "/records?limit=1")["records"].size() == 2);  // of the apex
}

TEST_CASE("Empty non-terminals, which PowerDNS must be told of with NSEC3, are no records") {
    ApiWorld world;
    with_keys(world, 2);
    const json before = records(world, "1000");
    ServedZone& zone = *world.zones.all()[0];
    REQUIRE(world.administration->set_metadata(zone, "NSEC3PARAM", {"1 0 0 -"}).has_value());
    CHECK(records(world, "1000") == before);
    CHECK(records(world, "1") == before);
}

TEST_CASE("A page ends at its octets, too, but has one name at least") {
    ApiWorld world;
    with_keys(world, 2);
    const auto page = api::record_page(*world.zones.all()[0], {"", 1000, 1}).value();
    CHECK(page["records"].size() == 2);
    CHECK(page["next"] == "custdkim.example.net");
}

TEST_CASE("Who goes on behind a name that was withdrawn is told to begin again") {
    ApiWorld world;
    with_keys(world, 1);
    const json problem = get(world, std::string(zone_path) + "/records?after=gone.custdkim.example.net", 409);
    CHECK(problem["detail"].get<std::string>().find("begin again") != std::string::npos);
}

TEST_CASE("What is wrong in a request about zones is said") {
    ApiWorld world;
    CHECK(get(world, "/v1/zones/example.org", 404)["detail"] ==
          "there is no zone 'example.org' here; 'custdkim zone list' shows those that there are");
    get(world, "/v1/zones/example..org/records", 404);
    get(world, std::string(zone_path) + "/records?limit=0", 422);
    get(world, std::string(zone_path) + "/records?limit=10001", 422);
    get(world, std::string(zone_path) + "/records?form=x", 422);
    CHECK(world.ask("GET", "/v1/zones", "", "Bearer wrong").status == 401);
    CHECK(world.ask("POST", "/v1/zones/reload", "", "Bearer wrong").status == 401);
}

}  // namespace custdkim::test
