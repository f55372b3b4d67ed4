// Tokens and organisations over the API, and what the audit log says of them.
#include <catch2/catch.hpp>

#include "api_world.hpp"

namespace custdkim::test {

namespace {

using nlohmann::json;

json ask(ApiWorld& world, const std::string& method, const std::string& target, const std::string& body,
         unsigned status) {
    const auto response = world.ask(method, target, body);
    INFO(response.body);
    CHECK(response.status == status);
    return json::parse(response.body);
}

unsigned status_with(ApiWorld& world, const std::string& secret) {
    return world.ask("GET", "/v1/keys", "", "Bearer " + secret).status;
}

}  // namespace

TEST_CASE("A token is shown once, works, and works no more when it is revoked") {
    ApiWorld world;
    const json made =
        ask(world, "POST", "/v1/tokens", R"({"name": "ci", "scopes": ["read", "operate"]})", 201);
    const std::string secret = made["token"];
    CHECK(secret.size() == 52);
    CHECK(secret.starts_with("custdkim_"));
    CHECK(made["scopes"] == json::array({"read", "operate"}));
    CHECK(made["org"].is_null());
    CHECK(made["expires_at"].is_null());
    CHECK(status_with(world, secret) == 200);
    CHECK(status_with(world, secret + "x") == 401);
    CHECK(status_with(world, secret.substr(0, 51)) == 401);

    const json listed = ask(world, "GET", "/v1/tokens", "", 200)["tokens"];
    REQUIRE(listed.size() == 1);
    CHECK(listed[0]["status"] == "live");
    CHECK(listed[0]["last_used_at"] == "2026-01-01T00:00:00Z");
    CHECK_FALSE(listed[0].contains("token"));
    CHECK(listed.dump().find(secret) == std::string::npos);

    const std::string path = "/v1/tokens/" + made["id"].get<std::string>();
    CHECK(ask(world, "DELETE", path, "", 200)["status"] == "revoked");
    CHECK(ask(world, "DELETE", path, "", 200)["revoked_at"] == "2026-01-01T00:00:00Z");
    CHECK(status_with(world, secret) == 401);
    ask(world, "DELETE", "/v1/tokens/t1", "", 404);
}

TEST_CASE("A token works until it expires, after a restart too") {
    ApiWorld world;
    const std::string secret = ask(world, "POST", "/v1/tokens",
                                   R"({"name": "ci", "scopes": ["read"], "expires_in": "1d"})", 201)["token"];
    world.clock.advance(std::chrono::hours(24) - Duration(1));
    CHECK(status_with(world, secret) == 200);
    const auto again = Tokens::open(world.store, ApiWorld::secret(), world.clock, world.random).value();
    CHECK(again->identify(secret)->name == "token:ci");
    world.clock.advance(Duration(1));
    CHECK(status_with(world, secret) == 401);
    CHECK_FALSE(again->identify(secret));
    CHECK(ask(world, "GET", "/v1/tokens", "", 200)["tokens"][0]["status"] == "expired");
}

TEST_CASE("The use of a token is noted now and then, not with every request") {
    ApiWorld world;
    const std::string bearer = world.bearer({Scope::read});
    const auto used = [&] {
        world.ask("GET", "/v1/keys", "", bearer);
        return world.store.tokens().value()[0].last_used_at.value() - new_year();
    };
    CHECK(used() == Duration(0));
    world.clock.advance(std::chrono::minutes(59));
    CHECK(used() == Duration(0));
    world.clock.advance(std::chrono::minutes(1));
    CHECK(used() == std::chrono::hours(1));
}

TEST_CASE("What a token cannot be is said") {
    ApiWorld world;
    const auto [body, status, said] = GENERATE(table<std::string, unsigned, std::string>({
        {"[]", 400, "not a JSON object"},
        {R"({"name": 5, "scopes": ["read"]})", 400, "'name' must be a string"},
        {R"({"name": "a", "scopes": "read"})", 400, "'scopes' must be a list"},
        {R"({"name": "a", "scopes": [1]})", 400, "'scopes' must be a list of strings"},
        {R"({"name": "a", "scopes": ["write"]})", 400, "'write' is not a scope"},
        {R"({"name": "a", "scopes": ["none"]})", 400, "'none' is not a scope"},
        {R"({"name": "a", "scopes": ["read"], "expires_in": "soon"})", 400, "soon"},
        {R"({"name": "a", "scopes": ["read"], "rights": []})", 400, "no field 'rights'"},
        {R"({"name": "a", "scopes": []})", 422, "needs a scope"},
        {R"({"name": "a b", "scopes": ["read"]})", 422, "'a b' is not a name"},
        {R"({"scopes": ["read"]})", 422, "'' is not a name"},
        {R"({"name": "a", "scopes": ["read"], "expires_in": "0s"})", 422, "expire before"},
        {R"({"name": "a", "scopes": ["admin"], "org": "acme"})", 422, "all organisations"},
        {R"({"name": "a", "scopes": ["read"], "org": "nobody"})", 404, "no organisation 'nobody'"},
    }));
    const json problem = ask(world, "POST", "/v1/tokens", body, status);
    CHECK_THAT(problem["detail"].get<std::string>(), Catch::Contains(said));
    CHECK(world.store.tokens().value().empty());
}

TEST_CASE("Two tokens that work have different names, and those that ended are forgotten in time") {
    ApiWorld world;
    const std::string request = R"({"name": "ci", "scopes": ["read"]})";
    const json first = ask(world, "POST", "/v1/tokens", request, 201);
    ask(world, "POST", "/v1/tokens", request, 409);
    ask(world, "DELETE", "/v1/tokens/" + first["id"].get<std::string>(), "", 200);
    ask(world, "POST", "/v1/tokens", request, 201);
    CHECK(world.store.tokens().value().size() == 2);
    world.clock.advance(std::chrono::hours(24 * 90));
    ask(world, "POST", "/v1/tokens", R"({"name": "ci-2", "scopes": ["read"]})", 201);
    CHECK(world.store.tokens().value().size() == 2);
    CHECK(ask(world, "GET", "/v1/tokens", "", 200)["tokens"].size() == 2);
}

TEST_CASE("The audit log says who did it") {
    ApiWorld world;
    const std::string secret =
        ask(world, "POST", "/v1/tokens", R"({"name": "ci", "scopes": ["read", "operate"]})", 201)["token"];
    const std::string ci = "Bearer " + secret;
    world.ask("POST", "/v1/keys", R"({"domain": "acme.example", "type": "ed25519"})", ci);
    for (const char* verb : {"verify", "activate", "rotate", "deactivate", "revoke"}) {
        world.ask("POST", "/v1/keys/acme.example/" + std::string(verb), "", ci);
    }
    world.ask("DELETE", "/v1/keys/acme.example", "", ci);
    world.create(R"({"domain": "acme.example", "type": "ed25519"})");
    const json events = ask(world, "GET", "/v1/events", "", 200)["events"];
    std::vector<std::string> told;
    for (const json& event : events) {
        told.push_back(event["actor"].get<std::string>() + " " + event["action"].get<std::string>());
    }
    CHECK(told == std::vector<std::string>{"operator token-create", "token:ci create", "token:ci verify",
                                           "token:ci activate", "token:ci rotate", "token:ci deactivate",
                                           "token:ci revoke", "token:ci delete", "operator create"});
    CHECK(events.dump().find(secret) == std::string::npos);
}

TEST_CASE("Organisations are made, shown with their keys, listed, and deleted without keys only") {
    ApiWorld world;
    const json acme = ask(world, "POST", "/v1/orgs", R"({"name": "acme", "description": "Acme Ltd."})", 201);
    CHECK(acme == json{{"name", "acme"},
                       {"description", "Acme Ltd."},
                       {"user_verification", "required"},
                       {"unsigned", "reject"},
                       {"created_at", "2026-01-01T00:00:00Z"}});
    ask(world, "POST", "/v1/orgs", R"({"name": "acme"})", 409);
    world.create(R"({"domain": "b.example", "type": "ed25519", "org": "initech"})");
    world.create(R"({"domain": "a.example", "type": "ed25519", "org": "acme"})");
    world.create(R"({"domain": "c.example", "type": "ed25519", "org": "acme"})");
    world.orders.activate("c.example").value();
    const json list = ask(world, "GET", "/v1/orgs?limit=1", "", 200);
    CHECK(list["orgs"] == json::array({acme}));
    CHECK(ask(world, "GET", "/v1/orgs?after=" + list["next"].get<std::string>(), "",
              200)["orgs"][0]["name"] == "initech");
    CHECK(ask(world, "GET", "/v1/orgs/acme", "", 200)["keys"] ==
          json{{"total", 2}, {"inactive", 1}, {"active", 1}, {"held", 0}, {"deleted", 0}});
    CHECK(ask(world, "GET", "/v1/keys?org=acme", "", 200)["keys"].size() == 2);
    CHECK(ask(world, "GET", "/v1/keys?org=acme&status=active", "", 200)["keys"].size() == 1);
    CHECK_THAT(ask(world, "DELETE", "/v1/orgs/acme", "", 409)["detail"].get<std::string>(),
               Catch::Contains("has 2 keys"));
    world.ask("DELETE", "/v1/keys/a.example");
    world.ask("DELETE", "/v1/keys/c.example");
    CHECK(ask(world, "GET", "/v1/orgs/acme", "", 200)["keys"]["deleted"] == 1);
    ask(world, "DELETE", "/v1/orgs/acme", "", 409);  // its records are still there
    world.ask("DELETE", "/v1/keys/b.example");
    ask(world, "DELETE", "/v1/orgs/initech", "", 200);
    ask(world, "GET", "/v1/orgs/initech", "", 404);
    ask(world, "DELETE", "/v1/orgs/initech", "", 404);
}

TEST_CASE("What an organisation cannot be is said") {
    ApiWorld world;
    const auto [body, status] = GENERATE(table<std::string, unsigned>({
        {"{", 400},
        {R"({"name": 1})", 400},
        {R"({"name": "a", "colour": "red"})", 400},
        {"{}", 422},
        {R"({"name": "a b"})", 422},
        {R"({"name": "a", "description": "two\nlines"})", 422},
    }));
    ask(world, "POST", "/v1/orgs", body, status);
    CHECK(ask(world, "GET", "/v1/orgs", "", 200)["orgs"].empty());
}

TEST_CASE("A token of an organisation creates keys for it, and for no other") {
    ApiWorld world;
    const std::string acme = world.bearer({Scope::read, Scope::operate}, "acme");
    const auto create = [&](const std::string& more) {
        return world.ask("POST", "/v1/keys", R"({"domain": "a.example", "type": "ed25519")" + more + "}",
                         acme);
    };
    CHECK(create(R"(, "org": "initech")").status == 403);
    CHECK(json::parse(create("").body)["org"] == "acme");
    CHECK(json::parse(create(R"(, "org": "acme")").body)["org"] == "acme");
    CHECK(world.store.count_keys().value() == 2);
    CHECK(world.ask("GET", "/v1/keys?org=initech", "", acme).status == 403);
    CHECK(world.ask("GET", "/v1/keys?org=acme", "", acme).status == 200);
}

TEST_CASE("A domain that two organisations have a key of is to each of them its own") {
    ApiWorld world;
    world.create(R"({"domain": "a.example", "type": "ed25519", "org": "initech"})");
    const json key = world.create(R"({"domain": "a.example", "type": "ed25519", "org": "acme"})");
    const std::string acme = world.bearer({Scope::read}, "acme");
    CHECK(json::parse(world.ask("GET", "/v1/keys/a.example", "", acme).body)["id"] == key["id"]);
    CHECK(world.ask("GET", "/v1/keys/a.example").status == 409);
}

TEST_CASE("A token of an organisation sees its events, page by page, and no others") {
    ApiWorld world;
    for (int i = 0; i < 12; ++i) {
        world.create(R"({"type": "ed25519", "domain": "d)" + std::to_string(i) + R"(.example", "org": ")" +
                     (i % 4 == 0 ? "acme" : "initech") + R"("})");
    }
    const std::string acme = world.bearer({Scope::read}, "acme");
    std::vector<std::string> domains;
    std::string after = "0";
    do {
        const json page = json::parse(world.ask("GET", "/v1/events?limit=2&after=" + after, "", acme).body);
        CHECK(page["events"].size() <= 2);
        for (const json& event : page["events"]) {
            CHECK(event["org"] == "acme");
            if (event["action"] == "create") domains.push_back(event["domain"]);
        }
        after = page["next"].is_null() ? "" : page["next"].get<std::string>();
    } while (!after.empty());
    CHECK(domains == std::vector<std::string>{"d0.example", "d4.example", "d8.example"});
}

}  // namespace custdkim::test
