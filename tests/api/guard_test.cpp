// An API without a token of the operator's: who is let in, and what browsers cannot be talked into.
#include <catch2/catch.hpp>

#include "api_world.hpp"

namespace custdkim::test {

namespace {

using nlohmann::json;

struct OpenWorld : ApiWorld {
    std::unique_ptr<Tokens> optional = Tokens::open(store, SecretBytes(), clock, random).value();
    api::Router open{parts(orders, *optional)};

    http::Response send(const std::string& method, const std::string& target, const Headers& headers,
                        const std::string& body = "") {
        http::Request request;
        request.method = method;
        request.headers = headers;
        request.body = body;
        http::split_target(target, request);
        return open.handle(request);
    }
};

std::string type_of(const http::Response& response) { return json::parse(response.body)["type"]; }

const std::string request = R"({"domain": "acme.example", "type": "ed25519"})";

}  // namespace

TEST_CASE("Without a token file everybody on the machine is the operator") {
    OpenWorld world;
    const std::string host =
        GENERATE("127.0.0.1:8080", "127.0.0.1", "localhost:8080", "LocalHost", "[::1]:8080", "127.9.9.9:1");
    CAPTURE(host);
    CHECK(world.send("GET", "/v1/health", {{"host", host}}).status == 200);
    CHECK(world.send("POST", "/v1/keys", {{"host", host}}, request).status == 201);
    CHECK(world.send("GET", "/v1/tokens", {{"host", host}}).status == 200);
    CHECK(world.store.events({}).value()[0].actor == "operator");
}

TEST_CASE("A name of somebody else's that leads here is refused: DNS rebinding") {
    OpenWorld world;
    const std::string host =
        GENERATE("", "evil.example", "evil.example:8080", "127.0.0.1.evil.example", "localhost.evil.example",
                 "192.0.2.1:8080", "127.0.0.1@evil.example", "[::2]", "0.0.0.0:8080", "localhost:x.example");
    CAPTURE(host);
    for (const char* target : {"/v1/keys", "/v1/health", "/v1/zones"}) {
        const auto refused = world.send("GET", target, {{"host", host}});
        CHECK(refused.status == 403);
        CHECK(type_of(refused) == "urn:custdkim:problem:foreign-host");
    }
}

TEST_CASE("A page of another site may change nothing") {
    OpenWorld world;
    const std::string host = "127.0.0.1:8080";
    const auto post = [&](const std::string& name, const std::string& value) {
        return world.send("POST", "/v1/keys", {{"host", host}, {name, value}}, request);
    };
    for (const char* origin : {"http://evil.example", "null", "http://127.0.0.1:8081",
                               "http://localhost:8080", "http://127.0.0.1"}) {
        CAPTURE(origin);
        CHECK(type_of(post("origin", origin)) == "urn:custdkim:problem:foreign-origin");
    }
    for (const char* site : {"cross-site", "same-site"}) {
        CHECK(post("sec-fetch-site", site).status == 403);
    }
    CHECK(world.send("DELETE", "/v1/keys/a.example", {{"host", host}, {"origin", "null"}}).status == 403);
    CHECK(world.store.count_keys().value() == 0);
    CHECK(post("origin", "http://127.0.0.1:8080").status == 201);
    CHECK(post("sec-fetch-site", "same-origin").status == 201);
    CHECK(post("sec-fetch-site", "none").status == 201);
    CHECK(world.send("GET", "/v1/keys", {{"host", host}, {"origin", "http://evil.example"}}).status == 200);
}

TEST_CASE("A token that is sent all the same counts, and a wrong one is refused") {
    OpenWorld world;
    const std::string secret = world.optional->create({"ci", {Scope::read}}, {}).value().secret;
    const auto get = [&](const std::string& authorization, const std::string& host) {
        return world.send("GET", "/v1/tokens", {{"host", host}, {"authorization", authorization}}).status;
    };
    CHECK(get("Bearer " + secret, "127.0.0.1") == 403);
    CHECK(get("Bearer x", "127.0.0.1") == 401);
    CHECK(get("Basic x", "127.0.0.1") == 401);
    CHECK(world.send("GET", "/v1/keys", {{"host", "dkim.example"}, {"authorization", "Bearer " + secret}})
              .status == 200);
}

TEST_CASE("With a token the name that it was sent to does not matter") {
    ApiWorld world;
    CHECK(world.ask("GET", "/v1/keys").status == 200);
    const ApiWorld::Headers foreign{{"host", "dkim.example"}, {"origin", "https://console.example"}};
    CHECK(world.ask("POST", "/v1/keys", request, "Bearer " + std::string(ApiWorld::token), foreign).status ==
          201);
}

}  // namespace custdkim::test
