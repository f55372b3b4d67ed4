// Who may send, verified domains, and leases, as the API tells them.
#include <catch2/catch.hpp>

#include "api_world.hpp"
#include "keys/key_pair.hpp"

namespace custdkim::test {

namespace {

using nlohmann::json;

struct SenderWorld : ApiWorld {
    json got(const std::string& method, const std::string& target, const std::string& body = "") {
        return json::parse(ask(method, target, body).body);
    }
    unsigned status(const std::string& method, const std::string& target, const std::string& body = "",
                    const std::string& authorization = "Bearer " + std::string(token)) {
        return ask(method, target, body, authorization).status;
    }
    // The id of an active key.
    std::string active(const std::string& domain, const std::string& org = "acme",
                       const std::string& more = "") {
        const json key = create(R"({"type": "ed25519", "domain": ")" + domain + R"(", "org": ")" + org +
                                R"(")" + more + "}");
        const std::string id = key.at("id");
        if (status("POST", "/v1/keys/" + id + "/activate") != 200) throw std::logic_error("not active");
        return id;
    }
    std::string code_for(const std::string& address, const std::string& org = "acme") {
        return got("POST", "/v1/senders", R"({"address": ")" + address + R"(", "org": ")" + org + R"("})")
            .at("code");
    }
    http::Response as_csv(const std::string& target) {
        return ask("GET", target, "", "Bearer " + std::string(token), {{"accept", "text/csv"}});
    }
};

std::string header_of(const http::Response& response, const std::string& name) {
    for (const auto& [key, value] : response.headers) {
        if (key == name) return value;
    }
    return "";
}

}  // namespace

TEST_CASE("An address is added, confirmed, listed and removed, and checked in between") {
    SenderWorld world;
    const std::string id = world.active("acme.example");
    const std::string check = "/v1/senders/check?address=News@acme.example";
    json answer = world.got("GET", check);
    CHECK(answer.at("allowed") == false);
    CHECK(answer.at("reason") == "address-not-verified");
    CHECK(answer.at("org") == "acme");
    CHECK(answer.at("keys").at(0).at("id") == id);
    const std::string code = world.code_for("news@acme.example");
    CHECK(world.got("GET", "/v1/senders").at("senders").at(0).at("status") == "waiting");
    CHECK(world.ask("GET", "/v1/senders").body.find(code) == std::string::npos);
    CHECK(world.got("POST", "/v1/senders/confirm", R"({"code": ")" + code + R"("})").at("status") ==
          "confirmed");
    answer = world.got("GET", check);
    CHECK(answer.at("allowed") == true);
    CHECK(answer.at("reason") == "verified");
    CHECK(answer.at("fix") == "");
    CHECK(world.got("GET", "/v1/senders?confirmed=true&domain=acme.example&org=acme").at("senders").size() ==
          1);
    CHECK(world.status("DELETE", "/v1/senders/news%40acme.example?org=acme") == 200);
    CHECK(world.status("DELETE", "/v1/senders/news%40acme.example?org=acme") == 404);
    CHECK(world.got("GET", check).at("allowed") == false);
}

TEST_CASE("What is wrong with a question about senders is said") {
    SenderWorld world;
    world.active("acme.example");
    CHECK(world.status("GET", "/v1/senders/check") == 422);
    CHECK(world.status("GET", "/v1/senders/check?address=x") == 422);
    CHECK(world.status("GET", "/v1/senders/check?address=a@acme.example&x=1") == 422);
    CHECK(world.status("GET", "/v1/senders?confirmed=yes") == 422);
    CHECK(world.status("POST", "/v1/senders", "[]") == 400);
    CHECK(world.status("POST", "/v1/senders", R"({"address": 1})") == 400);
    CHECK(world.status("POST", "/v1/senders", R"({"address": "a@acme.example", "x": ""})") == 400);
    CHECK(world.status("POST", "/v1/senders", R"({"address": "a@acme.example", "org": "nobody"})") == 404);
    CHECK(world.status("POST", "/v1/senders/confirm", R"({"code": "x"})") == 404);
    CHECK(world.status("POST", "/v1/senders/confirm", "{}") == 404);
}

TEST_CASE("Who is bound to an organisation sees and changes its senders only") {
    SenderWorld world;
    world.active("acme.example");
    world.active("b.example", "initech");
    world.code_for("a@acme.example");
    const std::string code = world.code_for("b@b.example", "initech");
    const std::string bound = world.bearer({Scope::read, Scope::operate}, "acme");
    const json list = json::parse(world.ask("GET", "/v1/senders", "", bound).body);
    REQUIRE(list.at("senders").size() == 1);
    CHECK(list.at("senders").at(0).at("address") == "a@acme.example");
    CHECK(world.status("GET", "/v1/senders?org=initech", "", bound) == 403);
    CHECK(world.status("GET", "/v1/domains?org=initech", "", bound) == 403);
    CHECK(world.status("GET", "/v1/senders/check?address=b@b.example&org=initech", "", bound) == 403);
    CHECK(world.status("DELETE", "/v1/senders/b@b.example?org=initech", "", bound) == 403);
    CHECK(world.status("POST", "/v1/senders", R"({"address": "x@b.example", "org": "initech"})", bound) ==
          403);
    CHECK(world.status("POST", "/v1/senders/confirm", R"({"code": ")" + code + R"("})", bound) == 404);
    CHECK(json::parse(world.ask("POST", "/v1/senders", R"({"address": "x@acme.example"})", bound).body)
              .at("org") == "acme");
    const json check = json::parse(world.ask("GET", "/v1/senders/check?address=b@b.example", "", bound).body);
    CHECK(check.at("reason") == "domain-not-verified");
    CHECK(check.at("keys").empty());
}

TEST_CASE("An organisation's rules are changed field by field") {
    SenderWorld world;
    world.active("acme.example");
    CHECK(world.got("GET", "/v1/orgs/acme").at("user_verification") == "required");
    CHECK(world.got("GET", "/v1/orgs/acme").at("unsigned") == "reject");
    CHECK(world.got("PATCH", "/v1/orgs/acme", R"({"user_verification": "off"})").at("user_verification") ==
          "off");
    CHECK(world.got("GET", "/v1/senders/check?address=a@acme.example").at("reason") ==
          "user-verification-off");
    const json changed = world.got("PATCH", "/v1/orgs/acme", R"({"unsigned": "pass", "description": "x"})");
    CHECK(changed.at("user_verification") == "off");
    CHECK(changed.at("unsigned") == "pass");
    CHECK(changed.at("description") == "x");
    for (const char* const wrong : {R"({"unsigned": "drop"})", R"({"user_verification": true})",
                                    R"({"name": "x"})", R"({"user_verification": "on"})", "1"}) {
        CAPTURE(wrong);
        CHECK(world.status("PATCH", "/v1/orgs/acme", wrong) == 400);
    }
    CHECK(world.status("PATCH", "/v1/orgs/nobody", "{}") == 404);
    CHECK(world.status("PATCH", "/v1/orgs/acme", "{}", world.bearer({Scope::operate})) == 403);
    const auto events = world.store.events({}).value();
    const auto change = std::find_if(events.begin(), events.end(),
                                     [](const Event& event) { return event.action == "org-change"; });
    REQUIRE(change != events.end());
    CHECK(change->detail == "acme: user verification off, unsigned mail is rejected");
}

TEST_CASE("Verified sending domains are those of keys that sign") {
    SenderWorld world;
    const std::string id = world.active("acme.example", "acme", R"(, "match": "subdomains")");
    world.create(R"({"domain": "waiting.example", "type": "ed25519"})");
    world.active("b.example", "initech");
    const json all = world.got("GET", "/v1/domains").at("domains");
    REQUIRE(all.size() == 2);
    CHECK(all.at(0) == json({{"domain", "acme.example"},
                             {"org", "acme"},
                             {"key", id},
                             {"match", "subdomains"},
                             {"type", "ed25519"},
                             {"since", "2026-01-01T00:00:00Z"}}));
    CHECK(world.got("GET", "/v1/domains?org=initech").at("domains").size() == 1);
    CHECK(world.got("GET", "/v1/domains?domain=waiting.example").at("domains").empty());
    CHECK(world.status("GET", "/v1/domains?status=active") == 422);
}

TEST_CASE("Lists come as CSV where that is asked for, every cell quoted, the next page in a header field") {
    SenderWorld world;
    const std::string id = world.active("acme.example");
    world.active("b.example");
    world.code_for("=cmd@acme.example");
    const auto keys = world.as_csv("/v1/keys?limit=1");
    CHECK(keys.content_type == "text/csv; charset=utf-8; header=present");
    CHECK(
        keys.body ==
        "\"id\",\"domain\",\"match\",\"type\",\"org\",\"zone\",\"status\",\"signing_selector\","
        "\"created_at\",\"activated_at\",\"deleted_at\"\r\n\"" +
            id +
            "\",\"acme.example\",\"domain\",\"ed25519\",\"acme\",\"custdkim.example.net\",\"active\",\"s1\","
            "\"2026-01-01T00:00:00Z\",\"2026-01-01T00:00:00Z\",\"\"\r\n");
    CHECK(header_of(keys, "Next-Page") != "");
    CHECK(header_of(world.as_csv("/v1/keys?limit=2&after=" + header_of(keys, "Next-Page")), "Next-Page") ==
          "");
    CHECK(world.as_csv("/v1/domains").body.starts_with("\"domain\",\"org\""));
    CHECK(world.as_csv("/v1/senders").body ==
          "\"address\",\"org\",\"status\",\"added_at\",\"confirmed_at\"\r\n"
          "\"=cmd@acme.example\",\"acme\",\"waiting\",\"2026-01-01T00:00:00Z\",\"\"\r\n");
}

TEST_CASE("A pattern stands for a domain with all below it") {
    SenderWorld world;
    const json key = world.create(R"({"domain": ".mail.acme.example", "type": "ed25519"})");
    CHECK(key.at("domain") == "mail.acme.example");
    CHECK(key.at("match") == "domain-and-subdomains");
    CHECK(world.status("POST", "/v1/keys", R"({"domain": ".b.example", "match": "domain"})") == 422);
    CHECK(world.status("POST", "/v1/keys", R"({"domain": ".co.uk"})") == 422);
    CHECK(world.status("POST", "/v1/keys", R"({"domain": "..b.example"})") == 422);
}

TEST_CASE(
    "A lease is the private key that signs, until signing moves at the latest, and is in the audit log") {
    SenderWorld world;
    const std::string id = world.active("acme.example");
    const auto answer = world.ask("POST", "/v1/keys/" + id + "/lease", R"({"for": "10m"})");
    REQUIRE(answer.status == 200);
    CHECK(header_of(answer, "Cache-Control") == "no-store");
    const json lease = json::parse(answer.body);
    CHECK(lease.at("selector") == "s1");
    CHECK(lease.at("until") == "2026-01-01T00:10:00Z");
    CHECK(lease.at("private_key").get<std::string>().starts_with("-----BEGIN PRIVATE KEY-----\n"));
    const Event event = world.store.events({}).value().back();
    CHECK(event.action == "lease");
    CHECK(event.key_id == id);
    CHECK(event.detail == "the private key of pair 1, which signs as s1, until 2026-01-01T00:10:00Z");
    CHECK(json::parse(world.ask("POST", "/v1/keys/" + id + "/lease", R"({"for": "7d"})").body).at("until") ==
          "2026-01-01T01:00:00Z");
    CHECK(world.status("POST", "/v1/keys/" + id + "/rotate") == 200);  // to what stands by, in 5 days
    world.clock.advance(std::chrono::days(5) - std::chrono::minutes(5));
    CHECK(json::parse(world.ask("POST", "/v1/keys/" + id + "/lease").body).at("until") ==
          "2026-01-06T00:00:00Z");
}

TEST_CASE("No lease without its scope, of a key that does not sign, or for no time") {
    SenderWorld world;
    const std::string id = world.active("acme.example"), path = "/v1/keys/" + id + "/lease";
    CHECK(world.status("POST", path, "", world.bearer({Scope::read, Scope::operate, Scope::sign})) == 403);
    CHECK(world.status("POST", path, "", world.bearer({Scope::lease})) == 200);
    CHECK(world.status("POST", path, "", world.bearer({Scope::lease}, "initech")) == 404);
    CHECK(world.status("POST", path, R"({"for": "0s"})") == 422);
    CHECK(world.status("POST", path, R"({"for": 10})") == 400);
    CHECK(world.status("POST", path, R"({"until": "10m"})") == 400);
    CHECK(world.status("POST", "/v1/keys/" + id + "/deactivate") == 200);
    CHECK(world.status("POST", path) == 422);
    Leases none{Duration(0), world.lease_parts()};
    const Key key = world.registry.find(id).value();
    CHECK(none.lease(key, {}, {}).error().detail.find("[sending] lease") != std::string::npos);
}

}  // namespace custdkim::test
