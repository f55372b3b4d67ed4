// POST /v1/sign: who may ask for what, and what is answered.
#include <catch2/catch.hpp>

#include "api_world.hpp"
#include "sending/mail_message.hpp"

namespace custdkim::test {

using nlohmann::json;

namespace {

const std::string message = "From: Acme <news@acme.example>\r\nSubject: x\r\n\r\nHello\r\n";

std::string activate(ApiWorld& world) {
    const json key = world.create(R"({"domain": "acme.example", "type": "ed25519"})");
    const std::string id = key["id"];
    CHECK(world.ask("POST", "/v1/keys/" + id + "/activate").status == 200);
    return id;
}

}  // namespace

TEST_CASE("A message is answered with its signature, and with which key made it") {
    ApiWorld world;
    const std::string id = activate(world);
    const auto response = world.ask("POST", "/v1/sign", message);
    REQUIRE(response.status == 200);
    const json document = json::parse(response.body);
    const std::string header = document["header"];
    CHECK(
        header.starts_with("DKIM-Signature: v=1; a=ed25519-sha256; c=relaxed/relaxed; d=acme.example;\r\n"));
    CHECK(header.ends_with("\r\n"));
    CHECK(document["domain"] == "acme.example");
    CHECK(document["selector"] == "s1");
    CHECK(document["key"] == id);
    CHECK(document["pair"] == 1);
    REQUIRE(document["signatures"].size() == 1);
    const json& signature = document["signatures"][0];
    for (const char* name : {"header", "domain", "selector", "key", "pair"}) {
        CHECK(signature[name] == document[name]);
    }
    CHECK(signature["algorithm"] == "ed25519-sha256");
    CHECK(world.signer.signed_since(id, world.clock.now()) == 1);
}

TEST_CASE("A message that cannot be signed is answered with 422 and the reason") {
    ApiWorld world;
    activate(world);
    for (const auto& [body, kind] : std::vector<std::pair<std::string, std::string>>{
             {"", "invalid"},
             {"{\"message\": \"\"}", "invalid"},
             {"Subject: x\r\n\r\n", "invalid"},
             {"From: a@else.example\r\n\r\n", "refused"},
         }) {
        const auto response = world.ask("POST", "/v1/sign", body);
        CHECK(response.status == 422);
        CHECK(json::parse(response.body)["type"] == "urn:custdkim:problem:" + kind);
    }
    world.ask("POST", "/v1/keys/acme.example/deactivate");
    CHECK(world.ask("POST", "/v1/sign", message).status == 422);
}

TEST_CASE("With sender=checked only what may be sent is signed, and else it is told what becomes of it") {
    ApiWorld world;
    activate(world);
    const std::string path = "/v1/sign?sender=checked";
    auto refusal = world.ask("POST", path, message);
    CHECK(refusal.status == 422);
    json document = json::parse(refusal.body);
    CHECK(document["type"] == "urn:custdkim:problem:sender-not-allowed");
    CHECK(document["unsigned"] == "reject");
    CHECK(document["sender"]["reason"] == "address-not-verified");
    CHECK(world.ask("PATCH", "/v1/orgs/default", R"({"unsigned": "pass"})").status == 200);
    document = json::parse(world.ask("POST", path, message).body);
    CHECK(document["unsigned"] == "pass");
    const json sender =
        json::parse(world.ask("POST", "/v1/senders", R"({"address": "news@acme.example"})").body);
    CHECK(world.ask("POST", "/v1/senders/confirm", json{{"code", sender["code"]}}.dump()).status == 200);
    CHECK(world.ask("POST", path, message).status == 200);
    CHECK(world.ask("POST", path + "&org=default", message).status == 200);
    CHECK(world.ask("POST", "/v1/orgs", R"({"name": "other"})").status == 201);
    document = json::parse(world.ask("POST", path + "&org=other", message).body);
    CHECK(document["type"] == "urn:custdkim:problem:sender-not-allowed");
    CHECK(document["unsigned"] == "reject");
}

TEST_CASE("An organisation that there is not is a mistake of who asks, and says nothing about the mail") {
    ApiWorld world;
    activate(world);
    for (const char* const query : {"?org=amce", "?org=amce&sender=checked"}) {
        CAPTURE(query);
        const auto response = world.ask("POST", std::string("/v1/sign") + query, message);
        CHECK(response.status == 404);
        CHECK_FALSE(json::parse(response.body).contains("unsigned"));
    }
}

TEST_CASE("What cannot be signed says what becomes of it, what is malformed does not") {
    ApiWorld world;
    activate(world);
    for (const char* const body :
         {"Subject: x\r\n\r\n", "From: a@else.example\r\n\r\n", "From: a@b, c@d\r\n\r\n"}) {
        for (const char* const query : {"", "?sender=any", "?sender=checked"}) {
            CAPTURE(body, query);
            const auto response = world.ask("POST", std::string("/v1/sign") + query, body);
            CHECK(response.status == 422);
            CHECK(json::parse(response.body)["unsigned"] == "reject");
        }
    }
    CHECK(world.ask("POST", "/v1/sign?sender=x", message).status == 400);
    CHECK(world.ask("POST", "/v1/sign?x=y", message).status == 400);
    CHECK(world.ask("POST", "/v1/sign?org=b", message, world.bearer({Scope::sign}, "a")).status == 403);
}

TEST_CASE("A message that comes in pieces of any size is answered like the whole") {
    ApiWorld world;
    activate(world);
    const std::string body =
        GENERATE(as<std::string>(), message, "From: a@acme.example\nX: y\n\n\nHello", "",
                 "From: a@acme.example\r\n", "\r\n", "\n\nx", "Subject: x\r\n\r\nHello",
                 "From: a@else.example\r\n\r\nHello", "From: a@acme.example\r\n\r\na\rb",
                 "From: a@acme.example\nX\r\n\r\n", "From: a@acme.example\r\n\r\na\n\nb");
    const std::string query = GENERATE("", "?sender=checked", "?sender=x", "?org=nobody");
    CAPTURE(body, query);
    http::Request head;
    head.method = "POST";
    head.path = "/v1/sign";
    if (!query.empty()) head.query[query.substr(1, query.find('=') - 1)] = query.substr(query.find('=') + 1);
    head.headers["authorization"] = "Bearer " + std::string(ApiWorld::token);
    const auto whole = world.ask("POST", "/v1/sign" + query, body);
    for (std::size_t piece = 1; piece <= body.size() + 1; ++piece) {
        const auto sink = world.router.open_sink(head);
        REQUIRE(sink);
        for (std::size_t at = 0; at < body.size(); at += piece)
            sink->take(std::string_view(body).substr(at, piece));
        const auto made = sink->finish();
        CHECK(made.status == whole.status);
        CHECK(made.body == whole.body);
    }
    head.headers["authorization"] = "Bearer x";
    CHECK_FALSE(world.router.open_sink(head));
}

TEST_CASE("A header without an end is refused, however its lines come, and no more of it is kept") {
    ApiWorld world;
    activate(world);
    http::Request head;
    head.method = "POST";
    head.path = "/v1/sign";
    head.headers["authorization"] = "Bearer " + std::string(ApiWorld::token);
    for (const std::string line :
         {"X: y\n", "X: yyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyy\r\n", "x"}) {
        const auto sink = world.router.open_sink(head);
        for (int i = 0; i < 400000; ++i) sink->take(line);
        const auto made = sink->finish();
        CHECK(made.status == 422);
    }
}

TEST_CASE("Large bodies are read for messages only, and only from who has the token") {
    ApiWorld world;
    http::Request head;
    const auto limit = [&](const char* method, const char* path, const std::string& authorization) {
        head.method = method;
        head.path = path;
        head.headers["authorization"] = authorization;
        return world.router.max_body(head);
    };
    const std::string right = "Bearer " + std::string(ApiWorld::token);
    CHECK(limit("POST", "/v1/sign", right) == max_message_octets);
    CHECK(world.router.refuse(413, "too large", head).status == 413);
    CHECK(limit("POST", "/v1/sign", "Bearer x") == 65536);
    CHECK(world.router.refuse(413, "too large", head).status == 401);
    CHECK(limit("GET", "/v1/sign", right) == 65536);
    CHECK(limit("POST", "/v1/keys", right) == 65536);
    CHECK(limit("POST", "/v1/sign/x", right) == 65536);
}

}  // namespace custdkim::test
