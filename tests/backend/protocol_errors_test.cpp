// Bad requests: always one line of JSON without a `result`, from which PowerDNS makes SERVFAIL and nothing
// that anybody would cache.
#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "backend/protocol.hpp"
#include "base/random.hpp"
#include "fixed_zones.hpp"

namespace custdkim::test {

using backend::Outcome;
using nlohmann::json;

namespace {

// What went wrong, once it is sure that the reply is an error as it must be.
std::string complaint(std::string_view request, Outcome expected = Outcome::failed) {
    const Zones zones = fixed_zones();
    backend::Conversation conversation({zones});
    HeldReply reply;
    INFO("request " << request.substr(0, 200));
    CHECK(conversation.answer(request, reply) == expected);
    CHECK(reply.text.find('\n') == std::string::npos);
    const auto parsed = json::parse(reply.text);  // nlohmann refuses what is not UTF-8
    CHECK_FALSE(parsed.contains("result"));
    REQUIRE(parsed["log"].size() == 1);
    return parsed["log"][0];
}

json answer(std::string_view request) {
    const Zones zones = fixed_zones();
    backend::Conversation conversation({zones});
    HeldReply reply;
    CHECK(conversation.answer(request, reply) == Outcome::answered);
    return json::parse(reply.text);
}

std::string with(const std::string& method, const json& parameters) {
    return json{{"method", method}, {"parameters", parameters}}.dump();
}

struct Required {
    std::string method;
    json good;
};

// Every method with parameters that it must have, and good ones.
const std::vector<Required> required = {
    {"lookup", {{"qname", "x."}, {"qtype", "ANY"}}},
    {"APILookup", {{"qname", "x."}, {"qtype", "ANY"}}},
    {"list", {{"zonename", "x."}}},
    {"getDomainInfo", {{"name", "x."}}},
    {"getAllDomainMetadata", {{"name", "x."}}},
    {"getDomainMetadata", {{"name", "x."}, {"kind", "ALSO-NOTIFY"}}},
    {"setNotified", {{"id", 1}, {"serial", 7}}},
};

}  // namespace

TEST_CASE("A parameter that is missing is an error that names it") {
    for (const auto& [method, good] : required) {
        for (const auto& [name, value] : good.items()) {
            json parameters = good;
            parameters.erase(name);
            CHECK(complaint(with(method, parameters)) ==
                  "custdkim: " + method + ": the parameter '" + name + "' is missing");
        }
        CHECK(complaint(json{{"method", method}}.dump()).find("is missing") != std::string::npos);
    }
}

TEST_CASE("A parameter of the wrong type is an error that names it") {
    for (const auto& [method, good] : required) {
        for (const auto& [name, value] : good.items()) {
            for (const json& wrong : {json(nullptr), json(true), json::array(), json::object(),
                                      value.is_string() ? json(1) : json("1"), json(0.5)}) {
                json parameters = good;
                parameters[name] = wrong;
                CHECK(complaint(with(method, parameters))
                          .starts_with("custdkim: " + method + ": the parameter '" + name + "' must be a "));
            }
        }
    }
}

TEST_CASE("A zone id is left out or a whole number") {
    for (const json& wrong :
         {json("1"), json(nullptr), json(true), json(0.5), json(1e30), json(UINT64_MAX)}) {
        CHECK(complaint(with("lookup", {{"qname", "x."}, {"qtype", "ANY"}, {"zone-id", wrong}})) ==
              "custdkim: lookup: the parameter 'zone-id' must be a whole number");
    }
    CHECK(complaint(R"({"method":"lookup","parameters":{"qname":"x.","qtype":"ANY","zone-id":1e999}})") ==
          "custdkim: lookup: the parameter 'zone-id' must be a whole number");
}

// A reply without a result would end PowerDNS's thread for NOTIFY, and PowerDNS with it.
TEST_CASE("A NOTIFY of a zone that is not there is false, which PowerDNS only logs") {
    for (const std::int64_t id : {0L, 3L, -1L, 4294967297L, INT64_MAX, INT64_MIN}) {
        CHECK(answer(with("setNotified", {{"id", id}, {"serial", 7}})) == json{{"result", false}});
    }
}

TEST_CASE("What is not a request is an error") {
    for (const char* request : {"1", "null", "true", "\"lookup\"", "[]", R"([{"method": "lookup"}])"}) {
        CHECK(complaint(request) == "custdkim: the request is not a JSON object");
    }
    for (const char* request :
         {"{}", R"({"Method": "lookup"})", R"({"method": null})", R"({"method": ["lookup"]})"}) {
        CHECK(complaint(request) == "custdkim: the request has no 'method' of type string");
    }
    for (const char* parameters : {"null", "[]", "1", "\"\"", "false"}) {
        CHECK(complaint(R"({"method": "getAllDomains", "parameters": )" + std::string(parameters) + "}") ==
              "custdkim: 'parameters' is not a JSON object");
    }
}

TEST_CASE("What is not JSON is an error after which the connection cannot be trusted") {
    using namespace std::string_view_literals;
    for (const auto request : {""sv,
                               " "sv,
                               "{"sv,
                               "}"sv,
                               "lookup"sv,
                               "{\"method\": \"initialize\"} {}"sv,
                               "{\"method\": \"initialize\"}x"sv,
                               "{'method': 'initialize'}"sv,
                               "{\"method\": \"initialize\",}"sv,
                               "{\"method\": \"initialize\""sv,
                               "nul"sv,
                               "\"\\ud800\""sv,
                               "\"\\x\""sv,
                               "{\"method\": \"\xff\"}"sv,
                               "\xc3\x28"sv,
                               "{\"a\":\"\xed\xa0\x80\"}"sv,
                               "{\"a\": \"\n\"}"sv,
                               "\0"sv,
                               "{\"method\": \"initialize\"}\0"sv,
                               "\xef\xbb\xbf{}"sv,
                               "01"sv,
                               "1e"sv,
                               "-"sv}) {
        CHECK(complaint(request, Outcome::unreadable).starts_with("custdkim: the request is not JSON: "));
    }
}

TEST_CASE("Nesting is followed only so deep") {
    const auto nested = [](std::size_t depth) {
        return R"({"method": "getAllDomains", "parameters": {"x": )" + std::string(depth, '[') +
               std::string(depth, ']') + "}}";
    };
    CHECK(json::parse(answer(fixed_zones(), nested(10)))["result"].size() == 2);
    for (const std::size_t depth : {20UL, 1000UL, 1000000UL}) {
        CHECK(
            complaint(nested(depth), Outcome::unreadable).starts_with("custdkim: the request is not JSON: "));
        CHECK(complaint(std::string(depth, '['), Outcome::unreadable) != "");
        CHECK(complaint(R"({"a":)" + std::string(depth, '{'), Outcome::unreadable) != "");
    }
}

TEST_CASE("An unknown method is false and says so in a reply that is JSON whatever its name") {
    using namespace std::string_literals;
    for (const std::string& name :
         {""s, "Lookup"s, "no\"such\\method\n"s, std::string(100000, 'x'),
          std::string(99, 'x') + "\xc3\xbc\xc3\xbc"s, "\xf0\x9f\x94\x91"s + std::string(200, 'y'),
          std::string(98, 'x') + "\xf0\x9f\x94\x91"s, "a\0b"s}) {
        const Zones zones = fixed_zones();
        HeldReply reply;
        CHECK(backend::Conversation({zones}).answer(with(name, json::object()), reply) == Outcome::answered);
        const auto parsed = json::parse(reply.text);
        CHECK((parsed["result"] == false));
        CHECK(parsed["log"][0].get<std::string>().ends_with("' is not supported"));
        CHECK(reply.text.size() < 1000);
    }
}

TEST_CASE("A name with bad escapes is an error that is JSON whatever the name") {
    const std::string long_label = std::string(79, 'x') + "\xc3\xbc\xc3\xbc";
    for (const std::string& name :
         {std::string("\\"), std::string("\\999.example."), long_label + std::string(300, 'y') + "\\.",
          "\xf0\x9f\x94\x91" + std::string(300, 'y') + "\\."}) {
        CHECK(
            complaint(with("lookup", {{"qname", name}, {"qtype", "ANY"}})).starts_with("custdkim: lookup: "));
    }
}

TEST_CASE("A conversation goes on after errors as if nothing had been") {
    const Zones zones = fixed_zones();
    backend::Conversation conversation({zones});
    const std::string good =
        R"({"method":"lookup","parameters":{"qname":"s1.q7w2ka.custdkim.example.net.","qtype":"TXT"}})";
    const std::string expected = answer(zones, good);
    for (const char* bad :
         {"{", "{}", R"({"method":"lookup"})", R"({"method":"x"})", "\xff", "[[[[[[[[[[[[[[[[[[[[["}) {
        HeldReply reply;
        conversation.answer(bad, reply);
        reply.text.clear();
        conversation.answer(good, reply);
        CHECK(reply.text == expected);
    }
}

TEST_CASE("An error leaves what the reply held before") {
    const Zones zones = fixed_zones();
    HeldReply reply;
    reply.text = "before ";
    backend::Conversation({zones}).answer(R"({"method":"lookup"})", reply);
    CHECK(reply.text == R"(before {"log":["custdkim: lookup: the parameter 'qtype' is missing"]})");
}

TEST_CASE("Of a member that is given twice the last counts") {
    CHECK(answer(fixed_zones(), R"({"method":"lookup","method":"initialize"})") == R"({"result":true})");
}

TEST_CASE("A request with any octets changed gets one line of JSON and never a crash") {
    const std::string request =
        R"({"method": "lookup", "parameters": {"qname": "s1.q7w2ka.custdkim.example.net.", "qtype": "ANY", "zone-id": 1}})";
    const Zones zones = fixed_zones();
    backend::Conversation conversation({zones});
    const std::uint64_t seed = GENERATE(1, 2, 3);
    INFO("seed " << seed);
    SeededRandom random(seed);
    for (int i = 0; i < 2000; ++i) {
        std::string changed = request;
        for (std::uint64_t n = 1 + random.below(3); n > 0; --n) {
            changed[random.below(changed.size())] = static_cast<char>(random.below(256));
        }
        HeldReply reply;
        conversation.answer(changed, reply);
        const bool fine = json::accept(reply.text) && reply.text.find('\n') == std::string::npos;
        if (!fine) FAIL("request " << changed << " reply " << reply.text);
    }
}

}  // namespace custdkim::test
