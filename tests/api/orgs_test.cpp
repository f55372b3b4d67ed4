// Organisations over the API: what was seen of one, and bodies that say a thing twice.
#include <catch2/catch.hpp>

#include "api_world.hpp"

namespace custdkim::test {

namespace {

std::string tag_of(const http::Response& response) {
    for (const auto& [name, value] : response.headers) {
        if (name == "ETag") return value;
    }
    return "";
}

struct OrgWorld : ApiWorld {
    const std::string operators = "Bearer " + std::string(token);
    const std::string first_tag = tag_of(ask("POST", "/v1/orgs", R"({"name": "acme"})"));

    http::Response change(const std::string& body, const std::string& seen) {
        return ask("PATCH", "/v1/orgs/acme", body, operators, {{"if-match", seen}});
    }
};

}  // namespace

TEST_CASE("An organisation is changed and deleted only as it was seen, where the client says so") {
    OrgWorld world;
    CHECK(tag_of(world.ask("GET", "/v1/orgs/acme")) == world.first_tag);
    const auto changed = world.change(R"({"unsigned": "pass"})", world.first_tag);
    CHECK(changed.status == 200);
    const std::string tag = tag_of(changed);
    CHECK(tag != world.first_tag);
    const auto late = world.change(R"({"unsigned": "reject"})", world.first_tag);
    CHECK(late.status == 412);
    CHECK(nlohmann::json::parse(late.body)["type"] == "urn:custdkim:problem:changed");
    CHECK(tag_of(world.ask("GET", "/v1/orgs/acme")) == tag);
    CHECK(world.change(R"({"unsigned": "reject"})", "no tag").status == 422);
    CHECK(world.ask("DELETE", "/v1/orgs/acme", "", world.operators, {{"if-match", world.first_tag}}).status ==
          412);
    CHECK(world.ask("DELETE", "/v1/orgs/acme", "", world.operators, {{"if-match", tag}}).status == 200);
}

TEST_CASE("What an organisation has of keys does not change its tag") {
    OrgWorld world;
    world.create(R"({"domain": "acme.example", "type": "ed25519", "org": "acme"})");
    CHECK(tag_of(world.ask("GET", "/v1/orgs/acme")) == world.first_tag);
}

TEST_CASE("A body that says a thing twice is refused by name, wherever in it that is") {
    OrgWorld world;
    const auto twice = world.ask("POST", "/v1/orgs", R"({"name": "one", "name": "other"})");
    CHECK(twice.status == 400);
    CHECK(nlohmann::json::parse(twice.body)["detail"] == "the body has the field 'name' twice");
    const auto inside = world.ask("POST", "/v1/keys", R"({"domain": "a.example", "x": [{"y": 1, "y": 2}]})");
    CHECK(nlohmann::json::parse(inside.body)["detail"] == "the body has the field 'y' twice");
    const auto apart = world.ask("POST", "/v1/keys", R"({"domain": "a.example", "x": [{"y": 1}, {"y": 2}]})");
    CHECK(nlohmann::json::parse(apart.body)["detail"] != "the body has the field 'y' twice");
}

TEST_CASE("Names that mean another place in a URL are none") {
    OrgWorld world;
    CHECK(world.ask("POST", "/v1/orgs", R"({"name": ".."})").status == 422);
    CHECK(world.ask("POST", "/v1/orgs", R"({"name": "."})").status == 422);
    CHECK(world.ask("POST", "/v1/orgs", R"({"name": "..."})").status == 201);
}

}  // namespace custdkim::test
