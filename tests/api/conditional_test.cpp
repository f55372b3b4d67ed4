// ETag, If-Match, If-None-Match and Idempotency-Key.
#include <catch2/catch.hpp>

#include "api/conditional.hpp"
#include "api_world.hpp"

namespace custdkim::test {

namespace {

using nlohmann::json;

constexpr const char* path = "/v1/keys/acme.example";
const std::string operators = "Bearer " + std::string(ApiWorld::token);
const std::string request = R"({"domain": "acme.example", "type": "ed25519"})";

std::string etag_of(const http::Response& response) {
    for (const auto& [name, value] : response.headers) {
        if (name == "ETag") return value;
    }
    return "";
}

http::Response get(ApiWorld& world, const std::string& if_none_match = "") {
    return world.ask("GET", path, "", operators, {{"if-none-match", if_none_match}});
}

http::Response create(ApiWorld& world, const std::string& body, const std::string& once,
                      const std::string& authorization = operators) {
    return world.ask("POST", "/v1/keys", body, authorization, {{"idempotency-key", once}});
}

std::string id_of(const http::Response& response) { return json::parse(response.body)["id"]; }

std::string type_of(const http::Response& response) { return json::parse(response.body)["type"]; }

}  // namespace

TEST_CASE("A key has the same ETag until something about it changes") {
    ApiWorld world;
    const std::string first = etag_of(world.ask("POST", "/v1/keys", request));
    CHECK(first.size() > 4);
    CHECK(etag_of(get(world)) == first);
    world.clock.advance(std::chrono::minutes(1));
    CHECK(etag_of(get(world)) == first);
    const std::string active = etag_of(world.ask("POST", std::string(path) + "/activate"));
    CHECK(active != first);
    CHECK(etag_of(get(world)) == active);
}

TEST_CASE("The ETag changes when a state does, although nothing was written, and not with the forecast") {
    ApiWorld world;
    world.ask("POST", "/v1/keys", request);
    world.ask("POST", std::string(path) + "/activate");
    auto shown = nlohmann::ordered_json::parse(get(world).body);
    CHECK(api::entity_tag(shown) == etag_of(get(world)));
    shown["hold"] = {{"since", "2026-01-01T00:00:00Z"}, {"reason", "..."}};
    const auto tag_with = [&](const std::string& member) {
        auto changed = shown;
        changed.at(nlohmann::ordered_json::json_pointer(member)) = "another";
        return api::entity_tag(changed);
    };
    for (const char* state : {"/status", "/hold/since", "/next/due", "/slots/1/failing_since",
                              "/slots/0/pairs/0/state", "/slots/1/pairs/0/state",
                              "/slots/1/pairs/0/destroyed_at", "/slots/0/txt", "/slots/0/finding/outcome",
                              "/slots/1/finding/cause", "/rotation/requested_at", "/org", "/activated_at"}) {
        CAPTURE(state);
        CHECK(tag_with(state) != api::entity_tag(shown));
    }
    for (const char* passing : {"/rotation/sign_at", "/rotation/why", "/hold/reason",
                                "/slots/0/finding/checked_at", "/slots/0/finding/verified_at",
                                "/slots/1/finding/evidence", "/slots/1/finding/detail", "/warnings"}) {
        CAPTURE(passing);
        CHECK(tag_with(passing) == api::entity_tag(shown));
    }
    shown["next"]["action"] = "verify";
    CHECK(tag_with("/next/due") == api::entity_tag(shown));
}

TEST_CASE(
    "A look that finds the same as the one before leaves the ETag, and what was seen is shown all the same") {
    ApiWorld world;
    world.ask("POST", "/v1/keys", request);
    const std::string verify = std::string(path) + "/verify";
    world.customer_dns.outcome = Outcome::fail;
    const std::string wrong = etag_of(world.ask("POST", verify));
    world.clock.advance(std::chrono::minutes(5));
    const auto again = world.ask("POST", verify, "", operators, {{"if-match", wrong}});
    CHECK(again.status == 200);
    CHECK(etag_of(again) == wrong);
    CHECK(json::parse(get(world).body)["slots"][0]["finding"]["checked_at"] == "2026-01-01T00:05:00Z");
    world.customer_dns.outcome = Outcome::pass;
    CHECK(etag_of(world.ask("POST", verify)) != wrong);
    CHECK(world.ask("DELETE", path, "", operators, {{"if-match", wrong}}).status == 412);
}

TEST_CASE("Who has seen the key as it is gets 304, without a body") {
    ApiWorld world;
    world.ask("POST", "/v1/keys", request);
    const std::string etag = etag_of(get(world));
    for (const std::string& header : {etag, "W/" + etag, "\"x\", " + etag, std::string("*")}) {
        const auto response = get(world, header);
        CHECK(response.status == 304);
        CHECK(response.body.empty());
        CHECK(etag_of(response) == etag);
    }
    CHECK(get(world, "\"x\"").status == 200);
    CHECK(get(world, etag.substr(1)).status == 400);
}

TEST_CASE("A change that is meant for the key as it was is refused with 412") {
    const std::string verb = GENERATE("verify", "activate", "deactivate", "rotate", "revoke", "");
    ApiWorld world;
    world.ask("POST", "/v1/keys", request);
    const std::string old = etag_of(get(world));
    world.ask("POST", std::string(path) + "/activate");
    const Key before = world.registry.find("acme.example").value();
    const std::string method = verb.empty() ? "DELETE" : "POST";
    const std::string target = path + (verb.empty() ? "" : "/" + verb);
    for (const std::string& stale : {old, "W/" + etag_of(get(world)), std::string("\"\"")}) {
        const auto refused = world.ask(method, target, "", operators, {{"if-match", stale}});
        CHECK(refused.status == 412);
        CHECK(type_of(refused) == "urn:custdkim:problem:changed");
    }
    CHECK(world.ask(method, target, "", operators, {{"if-match", "abc"}}).status == 400);
    CHECK((world.registry.find("acme.example").value() == before));
    const std::string seen = GENERATE("*", "current");
    const std::string tag = seen == "*" ? seen : "\"other\", " + etag_of(get(world));
    CHECK(world.ask(method, target, "", operators, {{"if-match", tag}}).status == 200);
}

TEST_CASE("A list of entity tags is read as RFC 9110 has it") {
    const auto tags = api::read_entity_tags(R"("a" , W/"b","c,d",  "")").value();
    CHECK(tags.strong == std::vector<std::string>{"\"a\"", "\"c,d\"", "\"\""});
    CHECK(tags.weak == std::vector<std::string>{"\"b\""});
    CHECK_FALSE(tags.any);
    CHECK(api::read_entity_tags(" *").value().any);
    for (const char* broken : {"", "a", "\"a", "a\"", "\"a\" \"b\"", "\"a\",", ",\"a\"", "w/\"a\"",
                               "*, \"a\"", "\"a b\"", "\"a\" b"}) {
        CAPTURE(broken);
        CHECK(api::read_entity_tags(broken).has_error());
    }
    std::string many = "\"a\"";
    for (int i = 0; i < 31; ++i) many += ",\"a\"";
    CHECK(api::read_entity_tags(many).has_value());
    CHECK(api::read_entity_tags(many + ",\"a\"").has_error());
}

TEST_CASE("The same Idempotency-Key with the same body makes one key, shown as it is now") {
    ApiWorld world;
    const auto first = create(world, request, "\"once\"");
    CHECK(first.status == 201);
    world.orders.activate("acme.example").value();
    const auto again = create(world, request, "once");
    CHECK(again.status == 201);
    CHECK(id_of(again) == id_of(first));
    CHECK(json::parse(again.body)["status"] == "active");
    CHECK(again.headers == std::vector<std::pair<std::string, std::string>>{
                               {"ETag", etag_of(get(world))}, {"Location", "/v1/keys/" + id_of(first)}});
    CHECK(world.store.count_keys().value() == 1);
    CHECK(id_of(create(world, request, "twice")) != id_of(first));
}

TEST_CASE("The same Idempotency-Key with another body is refused") {
    ApiWorld world;
    create(world, request, "once");
    const auto other = create(world, R"({"domain": "b.example", "type": "ed25519"})", "once");
    CHECK(other.status == 422);
    CHECK(type_of(other) == "urn:custdkim:problem:refused");
    CHECK(world.store.count_keys().value() == 1);
}

TEST_CASE("An Idempotency-Key is the caller's own, for a day") {
    ApiWorld world;
    const std::string first = id_of(create(world, request, "once"));
    const std::string ci = world.bearer({Scope::operate});
    const std::string others = id_of(create(world, request, "once", ci));
    CHECK(others != first);
    CHECK(id_of(create(world, request, "once", ci)) == others);
    world.clock.advance(std::chrono::hours(24));
    CHECK(id_of(create(world, request, "once")) != first);
}

TEST_CASE("An Idempotency-Key whose key is gone makes no other") {
    ApiWorld world;
    create(world, request, "once");
    world.ask("DELETE", path);
    CHECK(create(world, request, "once").status == 422);
    CHECK(world.store.count_keys().value() == 0);
}

TEST_CASE("A creation that was refused may be asked for again") {
    ApiWorld world;
    CHECK(create(world, R"({"domain": "com"})", "once").status == 422);
    CHECK(create(world, request, "once").status == 201);
}

TEST_CASE("What is no Idempotency-Key is malformed") {
    ApiWorld world;
    for (const std::string& broken : {std::string("a b"), std::string("\"\""), std::string("\"a"),
                                      std::string(129, 'a'), std::string("\xc3\xa4")}) {
        CHECK(create(world, request, broken).status == 400);
    }
    CHECK(create(world, request, std::string(128, 'a')).status == 201);
    CHECK(world.store.count_keys().value() == 1);
}

}  // namespace custdkim::test
