// What is shown beside keys: timelines, findings, policies, look-ups, readiness.
#include <catch2/catch.hpp>

#include "api_world.hpp"

namespace custdkim::test {

using nlohmann::json;

namespace {

json shown(ApiWorld& world, const std::string& target) {
    const auto response = world.ask("GET", target);
    REQUIRE(response.status == 200);
    return json::parse(response.body);
}

}  // namespace

TEST_CASE("A timeline has a lane for each slot, and the plan as it is published and signed with") {
    ApiWorld world;
    world.create(R"({"domain": "acme.example", "type": "ed25519"})");
    const json idle = shown(world, "/v1/keys/acme.example/timeline");
    CHECK(idle["now"] == "2026-01-01T00:00:00Z");
    CHECK(idle["slots"].size() == 2);
    CHECK(idle["planned"].empty());
    REQUIRE(world.ask("POST", "/v1/keys/acme.example/activate").status == 200);
    const json timeline = shown(world, "/v1/keys/acme.example/timeline?cycles=1");
    CHECK(timeline["until"] == "2026-01-31T00:00:00Z");
    CHECK(timeline["slots"][0]["pairs"][0]["spans"].back()["state"] == "retired");
    REQUIRE(timeline["planned"].size() == 2);
    CHECK(timeline["planned"][0]["action"] == "publish");
    CHECK(timeline["planned"][0]["due"] == "2026-01-26T00:00:00Z");
    CHECK(timeline["planned"][1]["selector"] == "s2");
    CHECK(timeline["planned"][1]["pair"] == 3);
    CHECK(world.ask("GET", "/v1/keys/nobody.example/timeline").status == 404);
    for (const char* wrong : {"cycles=0", "cycles=13", "cycles=x", "colour=red"}) {
        CHECK(world.ask("GET", "/v1/keys/acme.example/timeline?" + std::string(wrong)).status == 422);
    }
}

TEST_CASE("Findings are those of the last looks") {
    ApiWorld world;
    world.create(R"({"domain": "acme.example", "type": "ed25519"})");
    CHECK(shown(world, "/v1/keys/acme.example/findings")["findings"].empty());
    world.customer_dns.outcome = Outcome::fail;
    REQUIRE(world.ask("POST", "/v1/keys/acme.example/verify").status == 200);
    const json findings = shown(world, "/v1/keys/acme.example/findings")["findings"];
    REQUIRE(findings.size() == 2);
    CHECK(findings[1]["name"] == "s2._domainkey.acme.example");
    CHECK(findings[1]["cause"] == "missing");
    CHECK(findings[1]["fix"] == "publish it");
}

TEST_CASE("A policy is told in the words of the configuration, with what R2 and R3 make of it") {
    ApiWorld world;
    world.policy.retention = std::chrono::days(20);
    const json policy = shown(world, "/v1/policies")["policies"][0];
    CHECK(policy["zone"] == "custdkim.example.net");
    CHECK(policy["rotation"]["interval"] == "30d");
    CHECK(policy["rotation"]["retention"] == "20d");
    CHECK(policy["rotation"]["after_max_hold"] == "keep-holding");
    CHECK(policy["shortest_retention"] == "11525m");
    for (const json& rule : policy["rules"]) CHECK(rule["holds"] == true);
    world.policy.retention = std::chrono::days(1);
    CHECK(shown(world, "/v1/policies")["policies"][0]["rules"][2]["holds"] == false);
}

TEST_CASE("A look-up is answered as records and as dig prints them") {
    ApiWorld world;
    dns::Answer answer;
    answer.answer = {{name("a.example"), "CNAME", 300, "b.example."}};
    world.resolver.answer = answer;
    const json found = shown(world, "/v1/lookups?type=cname&name=A.Example.");
    CHECK(found["name"] == "a.example");
    CHECK(found["type"] == "CNAME");
    CHECK(found["shortcoming"].is_null());
    CHECK(found["answer"][0]["data"] == "b.example.");
    CHECK(found["text"] == "a.example.\t\t300\tIN\tCNAME\tb.example.\n");
    CHECK(shown(world, "/v1/lookups?type=TXT&name=a.example")["shortcoming"] == "NODATA");
    answer.rcode = dns::rcode::servfail;
    world.resolver.answer = answer;
    CHECK(shown(world, "/v1/lookups?type=TXT&name=a.example")["shortcoming"] == "SERVFAIL");
    world.resolver.answer = Error{Errc::unavailable, "no answer in time"};
    CHECK(world.ask("GET", "/v1/lookups?type=TXT&name=a.example").status == 503);
}

TEST_CASE("What cannot be looked up is refused before anybody is asked") {
    ApiWorld world;
    world.resolver.answer = Error{Errc::internal, "somebody was asked"};
    for (const char* query :
         {"", "type=TXT", "name=a.example", "type=TXT&name=", "type=TXT&name=a..b", "type=&name=a.example",
          "type=AXFR&name=a.example", "type=TYPE252&name=a.example", "type=IXFR&name=a.example",
          "type=TYPE0&name=a.example", "type=TYPE41&name=a.example", "type=TYPE65536&name=a.example",
          "type=TXT&name=a.example&server=127.0.0.1"}) {
        CAPTURE(query);
        CHECK(world.ask("GET", "/v1/lookups?" + std::string(query)).status == 422);
    }
}

TEST_CASE("Ready is who has no check that failed, and each check is told") {
    ApiWorld world;
    world.checks.push_back({"pool", api::CheckState::warning, "0 of 16 pairs are ready"});
    const auto ready = world.ask("GET", "/v1/ready", "", "");
    CHECK(ready.status == 200);
    CHECK(json::parse(ready.body)["checks"][1]["state"] == "warning");
    world.checks.push_back({"rotation", api::CheckState::failed, "it stands still"});
    const auto not_ready = world.ask("GET", "/v1/ready", "", "");
    CHECK(not_ready.status == 503);
    const json document = json::parse(not_ready.body);
    CHECK(document["type"] == "urn:custdkim:problem:not-ready");
    CHECK(document["detail"] == "rotation: it stands still");
    CHECK(document["checks"].size() == 3);
}

TEST_CASE("The version is told to who has a token") {
    ApiWorld world;
    CHECK(shown(world, "/v1/version")["version"] == "0.1");
    CHECK(world.ask("GET", "/v1/version", "", "").status == 401);
}

TEST_CASE("A key tells what its customer has registered: most likely that is their zone") {
    ApiWorld world;
    CHECK(world.create(R"({"domain": "mail.acme.co.uk"})")["registrable_domain"] == "acme.co.uk");
    CHECK(world.create(R"({"domain": "acme.example"})")["registrable_domain"] == "acme.example");
}

}  // namespace custdkim::test
