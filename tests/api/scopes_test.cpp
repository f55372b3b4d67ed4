// Which token opens which route: every route has its row here.
#include <algorithm>
#include <map>
#include <set>

#include <catch2/catch.hpp>

#include "api_world.hpp"

namespace custdkim::test {

namespace {

using api::Reach;
using nlohmann::json;

constexpr Reach all = Reach::everything, own = Reach::organisation;

struct Row {
    std::string route;
    Scope scope;
    Reach reach;
    std::string argument = "";  // what stands for {id} or {name}: something of the organisation initech
    std::string body = "";
    std::string query = "";
};

const std::vector<Row> table = {
    {"GET /v1/health", Scope::none, all},
    {"GET /v1/keys", Scope::read, own},
    {"POST /v1/keys", Scope::operate, own, "", R"({"domain": "new.example", "type": "ed25519"})"},
    {"GET /v1/keys/{id}", Scope::read, own, "initech.example"},
    {"DELETE /v1/keys/{id}", Scope::operate, own, "initech.example"},
    {"POST /v1/keys/{id}/verify", Scope::operate, own, "initech.example"},
    {"POST /v1/keys/{id}/activate", Scope::operate, own, "initech.example"},
    {"POST /v1/keys/{id}/deactivate", Scope::operate, own, "initech.example"},
    {"POST /v1/keys/{id}/rotate", Scope::operate, own, "initech.example"},
    {"POST /v1/keys/{id}/revoke", Scope::operate, own, "initech.example"},
    {"GET /v1/events", Scope::read, own},
    {"GET /metrics", Scope::read, all},
    {"GET /v1/ready", Scope::none, all},
    {"GET /v1/version", Scope::read, own},
    {"GET /v1/keys/{id}/findings", Scope::read, own, "initech.example"},
    {"GET /v1/keys/{id}/timeline", Scope::read, own, "initech.example"},
    {"GET /v1/policies", Scope::read, own},
    {"GET /v1/lookups", Scope::read, own, "", "", "?type=CNAME&name=a.example"},
    {"GET /v1/webhooks", Scope::read, all},
    {"POST /v1/webhooks/{name}/test", Scope::operate, all, "pager"},
    {"GET /v1/zones", Scope::read, all},
    {"POST /v1/zones/reload", Scope::operate, all},
    {"GET /v1/zones/{name}", Scope::read, all, "custdkim.example.net"},
    {"GET /v1/zones/{name}/records", Scope::read, all, "custdkim.example.net"},
    {"GET /v1/orgs", Scope::read, own},
    {"POST /v1/backup", Scope::admin, all},
    {"POST /v1/orgs", Scope::admin, all, "", R"({"name": "new"})"},
    {"GET /v1/orgs/{name}", Scope::read, own, "initech"},
    {"DELETE /v1/orgs/{name}", Scope::admin, all, "initech"},
    {"PATCH /v1/orgs/{name}", Scope::admin, all, "initech", "{}"},
    {"GET /v1/domains", Scope::read, own},
    {"GET /v1/senders", Scope::read, own},
    {"POST /v1/senders", Scope::operate, own, "", R"({"address": "a@new.example"})"},
    {"GET /v1/senders/check", Scope::read, own, "", "", "?address=a@new.example"},
    {"POST /v1/senders/confirm", Scope::operate, own, "", R"({"code": "x"})"},
    {"DELETE /v1/senders/{address}", Scope::operate, own, "a@initech.example"},
    {"POST /v1/keys/{id}/lease", Scope::lease, own, "initech.example"},
    {"GET /v1/tokens", Scope::admin, all},
    {"POST /v1/tokens", Scope::admin, all, "", R"({"name": "new", "scopes": ["read"]})"},
    {"DELETE /v1/tokens/{id}", Scope::admin, all, "t1"},
    {"POST /v1/sign", Scope::sign, own, "", "From: a@initech.example\r\n\r\n"},
};

// As the row's route asks for its argument, with this Authorization.
http::Response ask(ApiWorld& world, const Row& row, const std::string& authorization) {
    std::string target = row.route.substr(row.route.find(' ') + 1);
    if (const std::size_t brace = target.find('{'); brace != std::string::npos) {
        target.replace(brace, target.find('}') + 1 - brace, row.argument);
    }
    return world.ask(row.route.substr(0, row.route.find(' ')), target + row.query, row.body, authorization);
}

ApiWorld& with_initech(ApiWorld& world) {
    world.create(R"({"domain": "initech.example", "type": "ed25519", "org": "initech"})");
    world.orders.activate("initech.example").value();
    Sender sender{"initech", "a@initech.example", "initech.example", {}, {}, sha256("x"), new_year(1)};
    world.store.put_sender(sender, {}).value();
    return world;
}

}  // namespace

TEST_CASE("Every route says what it needs, as the table here has it") {
    std::map<std::string, std::pair<Scope, Reach>> expected, real;
    for (const Row& row : table) expected[row.route] = {row.scope, row.reach};
    for (const api::RouteNeeds& route : api::routes_and_needs())
        real[route.name] = {route.scope, route.reach};
    for (const auto& [name, needs] : real) {
        INFO(name << " needs " << to_string(needs.first) << "; give it a row in " << __FILE__);
        CHECK((expected.contains(name) && expected[name] == needs));
    }
    CHECK(expected.size() == real.size());
}

TEST_CASE("A token opens the routes of its scopes, and no other") {
    const Scope scope = GENERATE(Scope::read, Scope::operate, Scope::sign, Scope::lease, Scope::admin);
    for (const Row& row : table) {
        ApiWorld world;
        with_initech(world);
        const auto response = ask(world, row, world.bearer({scope}));
        const bool is_open = row.scope == Scope::none || row.scope == scope || scope == Scope::admin;
        INFO(to_string(scope) << ": " << row.route << "\n" << response.body);
        CHECK((response.status == 403) == !is_open);
        CHECK(response.status != 401);
        if (is_open) continue;
        CHECK(json::parse(response.body)["type"] == "urn:custdkim:problem:forbidden");
        const std::string asked =
            "Bearer error=\"insufficient_scope\", scope=\"" + std::string(to_string(row.scope)) + "\"";
        CHECK(std::count(response.headers.begin(), response.headers.end(),
                         std::pair<std::string, std::string>("WWW-Authenticate", asked)) == 1);
    }
}

TEST_CASE("What is refused has changed nothing") {
    const Scope scope = GENERATE(Scope::read, Scope::sign, Scope::lease);
    ApiWorld world;
    const Key key = with_initech(world).registry.find("initech.example").value();
    const std::string bearer = world.bearer({scope});
    const auto events = world.store.events({}).value().size();
    for (const Row& row : table) {
        if (row.scope == Scope::operate || row.scope == Scope::admin) ask(world, row, bearer);
    }
    CHECK((world.registry.find("initech.example").value() == key));
    CHECK(world.store.count_keys().value() == 1);
    CHECK(world.store.events({}).value().size() == events);
}

TEST_CASE("A token of another organisation finds nothing of this one, and is not let to what is of all") {
    for (const Row& row : table) {
        ApiWorld world;
        const Key before = with_initech(world).registry.find("initech.example").value();
        const auto response =
            ask(world, row, world.bearer({Scope::read, Scope::operate, Scope::sign, Scope::lease}, "acme"));
        INFO(row.route << "\n" << response.body);
        if (row.scope == Scope::none) continue;
        if (row.reach == all) {
            CHECK(response.status == 403);
        } else if (!row.argument.empty() || row.route == "POST /v1/senders/confirm") {
            CHECK(response.status == 404);
        } else if (row.scope == Scope::sign) {
            CHECK(response.status == 422);
        } else {
            CHECK(response.status < 300);
            CHECK(response.body.find("initech") == std::string::npos);
        }
        CHECK((world.registry.find("initech.example").value() == before));
    }
}

TEST_CASE("A token of the very organisation does all that is about it") {
    for (const Row& row : table) {
        ApiWorld world;
        const auto response =
            ask(with_initech(world), row,
                world.bearer({Scope::read, Scope::operate, Scope::sign, Scope::lease}, "initech"));
        INFO(row.route << "\n" << response.body);
        if (row.reach == own) CHECK(response.status < 300);
    }
}

}  // namespace custdkim::test
