// What is particular to the HTTP connector: who may ask, what fits, and how failures look.
#include "backend/http_connector.hpp"

#include <catch2/catch.hpp>

#include "fixed_zones.hpp"
#include "http_client.hpp"

namespace custdkim::test {

using Catch::Contains;
using nlohmann::json;

namespace {

constexpr std::string_view token = "0123456789abcdef";

SecretBytes secret(std::string_view text) {
    return SecretBytes({reinterpret_cast<const std::uint8_t*>(text.data()), text.size()});
}

struct HttpHouse {
    Zones zones = fixed_zones();
    std::unique_ptr<backend::HttpConnector> connector;

    explicit HttpHouse(std::string_view with_token = "") {
        connector = backend::HttpConnector::start({"127.0.0.1", 0, secret(with_token)}, {zones}).value();
    }
    HttpClient::Answer ask(const json& request, const std::string& root,
                           HttpForm form = HttpForm::post_json) {
        return HttpClient(connector->port()).ask(write_http(form, request, root));
    }
};

const json a_lookup = {
    {"method", "lookup"},
    {"parameters", {{"qname", "s1.q7w2ka.custdkim.example.net."}, {"qtype", "ANY"}, {"zone-id", 1}}}};

}  // namespace

TEST_CASE("With a token only a URL that has it is answered, and a refusal does not repeat what was sent") {
    HttpHouse house(token);
    const std::string right = "/" + std::string(token);
    CHECK(house.ask(a_lookup, right + "/dns").status == 200);
    CHECK(house.ask(a_lookup, right + "/dns", HttpForm::rest).status == 200);
    for (const std::string& wrong :
         {std::string("/dns"), std::string("/0123456789abcdee/dns"), std::string("//dns"), right,
          right + "x/dns", right.substr(0, 16) + "/dns", right + "/dn", right + "/dnsx", "/dns" + right,
          "/dns/" + right, std::string("/%30123456789abcdef/dns")}) {
        const auto answer = house.ask(a_lookup, wrong);
        CHECK(answer.status == 403);
        CHECK_FALSE(json::parse(answer.body).contains("result"));
        CHECK_THAT(answer.body, !Contains("0123456789abcde"));
    }
}

TEST_CASE("Without a token a page in a browser is refused, under whatever name it found us") {
    HttpHouse house;
    const auto ask_as = [&](const std::string& headers) {
        const std::string body = a_lookup.dump();
        return HttpClient(house.connector->port())
            .send("POST /dns HTTP/1.1\r\n" + headers + "Content-Length: " + std::to_string(body.size()) +
                  "\r\n\r\n" + body)
            .status;
    };
    for (const char* host : {"127.0.0.1", "127.0.0.1:8053", "localhost:8053", "[::1]:8053", "[::1]"}) {
        CHECK(ask_as("Host: " + std::string(host) + "\r\n") == 200);
    }
    for (const char* host : {"evil.example", "127.0.0.1.evil.example", "", "[::2]", "[", "192.0.2.1"}) {
        CHECK(ask_as("Host: " + std::string(host) + "\r\n") == 403);
    }
    CHECK(ask_as("Host: 127.0.0.1\r\nOrigin: https://evil.example\r\n") == 403);
}

TEST_CASE("Without a token nothing but loopback is listened on") {
    const Zones zones = fixed_zones();
    for (const char* address : {"0.0.0.0", "::", "192.0.2.1"}) {
        const auto started = backend::HttpConnector::start({address, 0, {}}, {zones});
        REQUIRE(started.has_error());
        CHECK_THAT(started.error().detail, Contains("http_token_file"));
    }
}

TEST_CASE("A list that PowerDNS would not take whole is an error that names the ways out") {
    HttpHouse house;
    KeyZone& zone = *house.zones.find_key_zone(name("keys.example.org"));
    const json list = {{"method", "list"},
                       {"parameters", {{"zonename", "keys.example.org."}, {"domain_id", 2}}}};
    CHECK(house.ask(list, "/dns").status == 200);
    for (int i = 0; i < 5000; ++i)
        zone.load(sample_key("k", {std::to_string(100000 + i)}, KeyType::rsa_2048));
    for (const HttpForm form : {HttpForm::rest, HttpForm::post, HttpForm::post_json}) {
        const auto answer = house.ask(list, "/dns", form);
        CHECK(answer.status == 500);
        CHECK_FALSE(json::parse(answer.body).contains("result"));
        CHECK_THAT(answer.body, Contains("pipe") && Contains("custdkim zone export"));
    }
}

TEST_CASE("A connection carries many requests where PowerDNS keeps it, and one where it does not") {
    HttpHouse house;
    HttpClient keeping(house.connector->port()), closing(house.connector->port(), false);
    for (int i = 0; i < 20; ++i) {
        REQUIRE(keeping.ask(HttpForm::rest, a_lookup).status == 200);
        REQUIRE(closing.ask(HttpForm::rest, a_lookup).status == 200);
    }
    CHECK(keeping.connections() == 1);
    CHECK(closing.connections() == 20);
}

TEST_CASE("What the server refuses itself is in the protocol's words, too") {
    HttpHouse house;
    HttpClient client(house.connector->port());
    const auto large =
        client.send("POST /dns HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 1048577\r\n\r\n");
    CHECK(large.status == 413);
    CHECK(json::parse(large.body).contains("log"));
    CHECK(client.send("GET /dns/% HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n").status == 400);
    CHECK(client.send("hello\r\n\r\n").status == 400);
}

}  // namespace custdkim::test
