// Routes, tokens and refusals.
#include <catch2/catch.hpp>

#include "api_world.hpp"

namespace custdkim::test {

using nlohmann::json;

namespace {

json problem_of(const http::Response& response) {
    CHECK(response.content_type == "application/problem+json");
    const json document = json::parse(response.body);
    CHECK(document["status"] == response.status);
    CHECK(document["type"].get<std::string>().starts_with("urn:custdkim:problem:"));
    CHECK_FALSE(document["detail"].get<std::string>().empty());
    return document;
}

}  // namespace

TEST_CASE("Without the right token nothing but the health is told") {
    ApiWorld world;
    const std::string wrong = GENERATE("", "Bearer ", "Bearer 0123456789abcdeg", "Bearer 0123456789abcdef0",
                                       "Basic 0123456789abcdef", "bearer", "0123456789abcdef");
    for (const auto& [method, path] :
         {std::pair{"GET", "/v1/keys"}, {"POST", "/v1/keys"}, {"DELETE", "/v1/keys/k1"}}) {
        const auto response = world.ask(method, path, "{}", wrong);
        CHECK(response.status == 401);
        CHECK(problem_of(response)["type"] == "urn:custdkim:problem:unauthorized");
    }
    CHECK(world.ask("GET", "/v1/health", "", wrong).status == 200);
}

TEST_CASE("A path that is not there and a method that it has not are told apart") {
    ApiWorld world;
    for (const char* path : {"/", "/v1", "/v1/keys/", "/v1/keys/a/b", "/v1/health/x", "//v1/keys"}) {
        CHECK(world.ask("GET", path).status == 404);
    }
    const auto response = world.ask("PATCH", "/v1/keys");
    CHECK(response.status == 405);
    CHECK(std::count(response.headers.begin(), response.headers.end(),
                     std::pair<std::string, std::string>("Allow", "GET, HEAD, POST")) == 1);
}

TEST_CASE("A created key is answered with 201 and found where it says") {
    ApiWorld world;
    const auto response = world.ask("POST", "/v1/keys", R"({"domain": "Acme.Example.", "type": "ed25519"})");
    REQUIRE(response.status == 201);
    const json key = json::parse(response.body);
    CHECK(key["domain"] == "acme.example");
    CHECK(key["status"] == "inactive");
    CHECK(key["signing_selector"].is_null());
    CHECK(key["slots"].size() == 2);
    CHECK(key["slots"][0]["cname"]["name"] == "s1._domainkey.acme.example");
    CHECK(key["slots"][0]["cname"]["target"] == key["slots"][0]["record_name"]);
    CHECK(key["slots"][0]["pairs"][0]["state"] == "published");
    CHECK(response.headers.back().second == "/v1/keys/" + key["id"].get<std::string>());
    CHECK(json::parse(world.ask("GET", "/v1/keys/" + key["id"].get<std::string>()).body) == key);
    CHECK(json::parse(world.ask("GET", "/v1/keys/acme.example").body) == key);
    CHECK(json::parse(world.ask("GET", "/v1/keys?domain=ACME.example").body)["keys"] == json::array({key}));
}

TEST_CASE("An RSA-1024 key is made, with a warning that names the RFC") {
    ApiWorld world;
    const json key = world.create(R"({"domain": "acme.example", "type": "rsa-1024"})");
    REQUIRE(key["warnings"].size() == 1);
    CHECK(key["warnings"][0].get<std::string>().find("RFC 8301") != std::string::npos);
}

TEST_CASE("A body that is no request is malformed, and says what is wrong with it") {
    ApiWorld world;
    const auto [body, said] = GENERATE(table<std::string, std::string>({
        {"", "not JSON"},
        {"{", "not JSON"},
        {"[]", "not a JSON object"},
        {"{}", "'domain' is missing"},
        {R"({"domain": null})", "'domain' is missing"},
        {R"({"domain": 5})", "'domain' must be a string"},
        {R"({"domain": "a.example", "selektor": "x"})", "no field 'selektor'"},
    }));
    const auto response = world.ask("POST", "/v1/keys", body);
    CHECK(response.status == 400);
    CHECK(problem_of(response)["detail"].get<std::string>().find(said) != std::string::npos);
}

TEST_CASE("What may not be is refused with 422, what is in the way with 409") {
    ApiWorld world;
    CHECK(world.ask("POST", "/v1/keys", R"({"domain": "com"})").status == 422);
    CHECK(world.ask("POST", "/v1/keys", R"({"domain": "192.0.2.1"})").status == 422);
    CHECK(world.ask("POST", "/v1/keys", R"({"domain": "x.custdkim.example.net"})").status == 422);
    const std::string request =
        R"({"domain": "acme.example", "type": "ed25519", "selector": "a", "alternate_selector": "b"})";
    CHECK(world.ask("POST", "/v1/keys", request).status == 201);
    CHECK(problem_of(world.ask("POST", "/v1/keys", request))["type"] == "urn:custdkim:problem:conflict");
    CHECK(problem_of(world.ask("GET", "/v1/keys/nobody.example"))["type"] ==
          "urn:custdkim:problem:not-found");
}

TEST_CASE("A list comes in pages that follow each other") {
    ApiWorld world;
    for (int i = 0; i < 5; ++i) {
        REQUIRE(world.create(R"({"type": "ed25519", "domain": "c)" + std::to_string(i) + R"(.example"})")
                    .contains("id"));
    }
    std::vector<std::string> domains;
    std::string after;
    do {
        const json page = json::parse(world.ask("GET", "/v1/keys?limit=2&after=" + after).body);
        for (const json& key : page["keys"]) domains.push_back(key["domain"]);
        after = page["next"].is_null() ? "" : page["next"].get<std::string>();
    } while (!after.empty());
    CHECK(domains ==
          std::vector<std::string>{"c0.example", "c1.example", "c2.example", "c3.example", "c4.example"});
    for (const char* query :
         {"limit=0", "limit=1001", "limit=x", "limit=", "after=x", "colour=red", "domain=com"}) {
        CHECK(world.ask("GET", "/v1/keys?" + std::string(query)).status == 422);
    }
}

TEST_CASE("Deleting says what becomes of the records") {
    ApiWorld world;
    const json key = world.create(R"({"domain": "acme.example", "type": "ed25519"})");
    const json gone = json::parse(world.ask("DELETE", "/v1/keys/acme.example").body);
    CHECK(gone["withdrawn"] == true);
    CHECK(gone["id"] == key["id"]);
    CHECK(world.ask("GET", "/v1/keys/acme.example").status == 404);

    Key active = sample_key("kactive", {"zzzzzz", "yyyyyy"});
    active.slots[0].pairs[0].signing_since = world.clock.now();
    world.store.insert({active, {}, {}}, world.clock.now()).value();
    CHECK(json::parse(world.ask("GET", "/v1/keys/kactive").body)["status"] == "active");
    const json held = json::parse(world.ask("DELETE", "/v1/keys/kactive").body);
    CHECK(held["withdrawn"] == false);
    CHECK(held["withdraw_at"] == "2026-01-26T00:00:00Z");
    const json deleted = json::parse(world.ask("GET", "/v1/keys/kactive").body);
    CHECK(deleted["next"] == json{{"action", "withdraw"}, {"due", "2026-01-26T00:00:00Z"}});
}

}  // namespace custdkim::test
