// The orders of an operator, and the audit log, over the API.
#include <catch2/catch.hpp>

#include "api_world.hpp"

namespace custdkim::test {

using nlohmann::json;

namespace {

json order(ApiWorld& world, const std::string& verb, const std::string& body = "", unsigned status = 200) {
    const auto response = world.ask("POST", "/v1/keys/acme.example/" + verb, body);
    INFO(response.body);
    CHECK(response.status == status);
    return json::parse(response.body);
}

ApiWorld& with_key(ApiWorld& world) {
    world.create(R"({"domain": "acme.example", "type": "ed25519"})");
    return world;
}

}  // namespace

TEST_CASE("An activated key says what it signs with and what comes next") {
    ApiWorld world;
    const json key = order(with_key(world), "activate");
    CHECK(key["status"] == "active");
    CHECK(key["signing_selector"] == "s1");
    CHECK(key["slots"][0]["pairs"][0]["state"] == "active");
    CHECK(key["slots"][0]["finding"]["outcome"] == "pass");
    CHECK(key["next"] == json{{"action", "publish"}, {"due", "2026-01-26T00:00:00Z"}});
    CHECK(key["rotation"]["selector"] == "s2");
    CHECK(key["rotation"]["sign_at"] == "2026-01-31T00:00:00Z");
    CHECK(key["hold"].is_null());
}

TEST_CASE("A key whose CNAME is missing is refused with 409, one that cannot be told with 503") {
    ApiWorld world;
    with_key(world);
    world.customer_dns.outcome = Outcome::fail;
    const json problem = order(world, "activate", "", 409);
    CHECK(problem["type"] == "urn:custdkim:problem:not-verified");
    REQUIRE(problem["findings"].size() == 2);
    CHECK(problem["findings"][1]["selector"] == "s2");
    CHECK(problem["findings"][1]["name"] == "s2._domainkey.acme.example");
    CHECK(problem["findings"][1]["outcome"] == "fail");
    CHECK(problem["findings"][1]["cause"] == "missing");
    CHECK(problem["findings"][1]["candidates"] == json::array());
    CHECK(problem["findings"][1]["fix"] == "publish it");
    world.customer_dns.outcome = Outcome::unknown;
    const json unknown = order(world, "activate", "", 503);
    CHECK(unknown["type"] == "urn:custdkim:problem:unavailable");
    CHECK(unknown["findings"].size() == 2);
    const json key = order(world, "verify");
    CHECK(key["status"] == "inactive");
    CHECK(key["slots"][1]["finding"]["outcome"] == "unknown");
    CHECK(key["slots"][1]["finding"]["cause"] == "could-not-tell");
}

TEST_CASE("An activation is forced only where the configuration allows that") {
    ApiWorld world;
    with_key(world);
    world.customer_dns.outcome = Outcome::fail;
    const json forbidden = order(world, "activate", R"({"force": true, "reason": "why"})", 403);
    CHECK(forbidden["type"] == "urn:custdkim:problem:forbidden");
    CHECK(forbidden["detail"].get<std::string>().find("allow_force") != std::string::npos);
    order(world, "activate", R"({"force": "yes"})", 400);
    order(world, "activate", R"({"forced": true})", 400);
    KeyOrders forceful(world.registry, world.ledger, world.customer_dns, world.visibility, true);
    const api::Router router(world.parts(forceful));
    const auto ask = [&](const std::string& body) {
        http::Request request;
        request.method = "POST";
        request.path = "/v1/keys/acme.example/activate";
        request.headers["authorization"] = "Bearer " + std::string(ApiWorld::token);
        request.body = body;
        return router.handle(request);
    };
    CHECK(ask(R"({"force": true})").status == 422);  // no reason
    const auto forced = ask(R"({"force": true, "reason": "why"})");
    CHECK(forced.status == 200);
    CHECK(json::parse(forced.body)["status"] == "active");
}

TEST_CASE("A key of which a CNAME fails says so long before its rotation") {
    ApiWorld world;
    const std::string id = order(with_key(world), "activate")["id"];
    world.customer_dns.outcome = Outcome::fail;
    CHECK(json::parse(world.ask("GET", "/v1/keys?failing=true").body)["keys"].empty());
    for (int look = 0; look < 3; ++look) {
        CHECK(json::parse(world.ask("GET", "/v1/keys/" + id).body)["warnings"].empty());
        world.clock.advance(std::chrono::minutes(20));
        order(world, "verify");
    }
    const json key = json::parse(world.ask("GET", "/v1/keys/" + id).body);
    CHECK(key["status"] == "active");
    CHECK(key["slots"][1]["failing_since"] == "2026-01-01T00:20:00Z");
    CHECK(json::parse(world.ask("GET", "/v1/keys?failing=true").body)["keys"][0]["id"] == id);
    REQUIRE(key["warnings"].size() == 2);
    CHECK(key["warnings"][0].get<std::string>().find("may not verify") != std::string::npos);
    CHECK(key["warnings"][1] ==
          "s2._domainkey.acme.example fails since 2026-01-01T00:20:00Z (missing): the rotation on "
          "2026-01-31T00:00:00Z will be held");
}

TEST_CASE("A held key says since when and why") {
    ApiWorld world;
    order(with_key(world), "activate");
    Key key = world.registry.find("acme.example").value();
    Change change{key, {}, {}, false, {}};
    Pair next = sample_pair(3, key.type, 9);
    next.published_at = next.visible_at = new_year() + std::chrono::days(25);
    change.key.slots[1].pairs.push_back(next);
    change.key.slots[1].check.passing_since.reset();
    change.key.slots[1].check.last =
        Finding{Outcome::fail, "missing", "there is no CNAME", "", new_year() + std::chrono::days(26)};
    change.key.slots[1].check.failing_since = new_year() + std::chrono::days(25);
    change.key.slots[1].check.last_failed_at = new_year() + std::chrono::days(26);
    change.key.slots[1].check.failed_looks = 3;
    world.ledger.commit(change).value();
    world.clock.advance(std::chrono::days(31));
    const json held = json::parse(world.ask("GET", "/v1/keys/acme.example").body);
    CHECK(held["status"] == "held");
    CHECK(held["signing_selector"] == "s1");
    CHECK(json::parse(world.ask("GET", "/v1/keys?status=held").body)["keys"].size() == 1);
    CHECK(json::parse(world.ask("GET", "/v1/keys?status=active").body)["keys"].empty());
    CHECK(world.ask("GET", "/v1/keys?status=asleep").status == 422);
    CHECK(world.ask("GET", "/v1/keys?failing=no").status == 422);
    CHECK(held["hold"]["since"] == "2026-01-31T00:00:00Z");
    CHECK(held["hold"]["reason"] == "s2._domainkey.acme.example: there is no CNAME");
}

TEST_CASE("A rotation tells when it will be, and of the mail that it loses") {
    ApiWorld world;
    order(with_key(world), "activate");
    world.clock.advance(std::chrono::days(2));
    const json told = order(world, "rotate", R"({"compromised": true, "only_tell": true})");
    CHECK(told["selector"] == "s2");
    CHECK(told["sign_at"] == "2026-01-04T00:05:00Z");  // T + S behind the publication
    CHECK(told["mail"]["revoked"] == true);
    CHECK(told["mail"]["signed_since"] == "2026-01-01T00:00:00Z");
    CHECK(told["mail"]["signed_here"] == 0);
    CHECK(told["key"]["rotation"]["requested_at"].is_null());
    const json ordered = order(world, "rotate");
    CHECK(ordered["sign_at"] == "2026-01-06T00:00:00Z");
    CHECK(ordered["mail"]["revoked"] == false);
    CHECK(ordered["key"]["rotation"]["requested_at"] == "2026-01-03T00:00:00Z");
}

TEST_CASE("A revoked key shows p= in all its records") {
    ApiWorld world;
    order(with_key(world), "activate");
    const json revoked = order(world, "revoke");
    CHECK(revoked["mail"].size() == 1);
    for (const json& slot : revoked["key"]["slots"]) {
        CHECK(slot["txt"] == "v=DKIM1; k=ed25519; p=");
        CHECK(slot["pairs"][0]["state"] == "removed");
    }
    order(world, "activate", "", 409);
}

TEST_CASE("Orders that cannot be read are malformed") {
    ApiWorld world;
    with_key(world);
    for (const char* body : {"{", "[]", R"({"compromised": 1})", R"({"compromized": true})"}) {
        CHECK(world.ask("POST", "/v1/keys/acme.example/rotate", body).status == 400);
    }
    CHECK(world.ask("POST", "/v1/keys/nobody.example/activate").status == 404);
    CHECK(world.ask("GET", "/v1/keys/acme.example/activate").status == 405);
    CHECK(world.ask("POST", "/v1/keys/acme.example/activat").status == 404);
}

TEST_CASE("Every order is in the audit log, page by page, for one key or all") {
    ApiWorld world;
    order(with_key(world), "activate");
    order(world, "deactivate");
    world.create(R"({"domain": "other.example", "type": "ed25519"})");
    const std::string id = world.registry.find("acme.example").value().id;
    const auto actions = [&](const std::string& query) {
        std::vector<std::string> found;
        const json page = json::parse(world.ask("GET", "/v1/events" + query).body);
        for (const json& event : page["events"]) found.push_back(event["action"]);
        return found;
    };
    CHECK(actions("") == std::vector<std::string>{"create", "activate", "deactivate", "create"});
    CHECK(actions("?key=" + id) == std::vector<std::string>{"create", "activate", "deactivate"});
    const json page = json::parse(world.ask("GET", "/v1/events?limit=2").body);
    CHECK(page["events"].size() == 2);
    CHECK(actions("?after=" + page["next"].get<std::string>()) ==
          std::vector<std::string>{"deactivate", "create"});
    for (const char* query : {"?limit=0", "?after=x", "?kee=1"}) {
        CHECK(world.ask("GET", "/v1/events" + std::string(query)).status == 422);
    }
}

}  // namespace custdkim::test
