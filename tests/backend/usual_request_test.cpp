// The short way must answer what the long way does, and take nothing that is not JSON.
#include "backend/usual_request.hpp"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "backend/protocol.hpp"
#include "base/random.hpp"
#include "fixed_zones.hpp"

namespace custdkim::test {

using backend::read_usual_request;

namespace {

std::string request(std::string_view qname, std::string_view qtype, std::string_view zone_id) {
    return R"({"method": "lookup", "parameters": {"local": "127.0.0.1", "qname": ")" + std::string(qname) +
           R"(", "qtype": ")" + std::string(qtype) +
           R"(", "real-remote": "127.0.0.1/32", "remote": "127.0.0.1", "zone-id": )" + std::string(zone_id) +
           "}}";
}

std::string answer(const Zones& zones, const std::string& line) {
    backend::Conversation conversation({zones});
    HeldReply reply;
    conversation.answer(line, reply);
    return reply.text;
}

}  // namespace

TEST_CASE("The usual request is read as PowerDNS writes it") {
    const std::string line = request("S1.q7w2ka.custdkim.example.net.", "ANY", "-1");
    const auto usual = read_usual_request(line);
    REQUIRE(usual);
    CHECK(usual->qname == "S1.q7w2ka.custdkim.example.net.");
    CHECK(usual->qtype == "ANY");
    CHECK(usual->zone_id == -1);
}

TEST_CASE("A request that differs by one character goes the long way, or means the same") {
    const std::string usual = request("s1.q7w2ka.custdkim.example.net.", "ANY", "1");
    for (std::size_t at = 0; at < usual.size(); ++at) {
        for (const char other : {' ', '"', '\\', '0', 'x', '\0', '\n', '\x7f', '\xc3', '}', ','}) {
            std::string changed = usual;
            changed[at] = other;
            if (const auto read = read_usual_request(changed)) {
                const auto json = nlohmann::json::parse(changed);  // throws where we took what is no JSON
                CHECK(json["parameters"]["qname"] == read->qname);
                CHECK(json["parameters"]["qtype"] == read->qtype);
                CHECK(json["parameters"]["zone-id"] == read->zone_id);
            }
        }
        CHECK_FALSE(read_usual_request(std::string_view(usual).substr(0, at)));
    }
    CHECK_FALSE(read_usual_request(usual + " "));
}

TEST_CASE("Numbers that JSON does not know, or that are too large, go the long way") {
    for (const char* number :
         {"", "-", "+1", "01", "-01", "-0", "1.0", "1e3", "0x1", " 1", "9223372036854775808"}) {
        CHECK_FALSE(read_usual_request(request("a.", "ANY", number)));
    }
    CHECK(read_usual_request(request("a.", "ANY", "0"))->zone_id == 0);
    CHECK(read_usual_request(request("a.", "ANY", "9223372036854775807"))->zone_id == INT64_MAX);
}

TEST_CASE("The short way and the long way answer the same") {
    const Zones zones = fixed_zones();
    for (const char* qname :
         {"custdkim.example.net.", "S1.Q7w2kA.custdkim.example.NET.", "q7w2ka.custdkim.example.net",
          "no.custdkim.example.net.", "keys.example.org.", "example.com.", ".", "", "..", " ",
          "s1\\\\.q7w2ka.custdkim.example.net.", "a\\\\032b.custdkim.example.net."}) {
        for (const char* qtype : {"ANY", "TXT", "SOA", "NS", "", "any"}) {
            for (const char* id : {"-1", "1", "2", "3", "4294967297"}) {
                const std::string line = request(qname, qtype, id);
                CHECK(answer(zones, line) == answer(zones, line + " "));
            }
        }
    }
}

}  // namespace custdkim::test
