// What each method of the protocol answers. Conversations as PowerDNS holds them are in tests/transcripts.
#include "backend/protocol.hpp"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "backend/methods.hpp"
#include "fixed_zones.hpp"

namespace custdkim::test {

using nlohmann::json;

namespace {

json ask(const Zones& zones, const std::string& method, const json& parameters) {
    return json::parse(answer(zones, json{{"method", method}, {"parameters", parameters}}.dump()));
}

json lookup(const Zones& zones, const std::string& qname, const std::string& qtype, int zone_id = -1) {
    return ask(zones, "lookup", {{"qname", qname}, {"qtype", qtype}, {"zone-id", zone_id}}).at("result");
}

std::vector<std::string> types(const json& records) {
    std::vector<std::string> types;
    for (const auto& record : records) types.push_back(record.at("qtype"));
    return types;
}

using Types = std::vector<std::string>;

// A reply that a connector writes out piece by piece.
struct SpilledReply final : backend::Reply {
    std::vector<std::string> pieces;
    void spill() override {
        pieces.push_back(text);
        text.clear();
    }
};

}  // namespace

TEST_CASE("A method is found by its name in the protocol's own spelling only") {
    for (const auto& method : backend::methods()) CHECK(backend::find_method(method.name) == &method);
    CHECK_FALSE(backend::find_method(""));
    CHECK_FALSE(backend::find_method("Lookup"));
    CHECK_FALSE(backend::find_method("lookup "));
}

TEST_CASE("A lookup finds a TXT with the id of its zone and numbers where PowerDNS needs numbers") {
    const Zones zones = fixed_zones();
    const auto records = lookup(zones, "s1.w8c3re.custdkim.example.net.", "ANY", 1);
    REQUIRE(records.size() == 1);
    CHECK((records[0]["qtype"] == "TXT"));
    CHECK((records[0]["qname"] == "s1.w8c3re.custdkim.example.net"));
    CHECK((records[0]["ttl"] == 300));
    CHECK((records[0]["auth"] == 1));
    CHECK((records[0]["domain_id"] == 1));
    const std::string content = records[0]["content"];
    CHECK(content.starts_with("\"v=DKIM1; k=rsa; p="));
    CHECK(content.find("\" \"") == 256);  // a quote, 255 octets, and the next string
}

TEST_CASE("An SOA question is answered with the SOA alone and the zone's id in it") {
    const Zones zones = fixed_zones();
    const auto records = lookup(zones, "keys.example.org.", "SOA");
    REQUIRE(types(records) == Types{"SOA"});
    CHECK((records[0]["domain_id"] == 2));
    CHECK((records[0]["content"] == "ns1.example.net. hostmaster.example.net. 7 3600 900 1209600 300"));
    CHECK(lookup(zones, "www.custdkim.example.net.", "SOA").empty());
    CHECK(lookup(zones, "org.", "SOA").empty());
    CHECK(lookup(zones, ".", "SOA").empty());
}

TEST_CASE("An ANY question at the apex is answered with all that is there") {
    const Zones zones = fixed_zones();
    CHECK(types(lookup(zones, "custdkim.example.net.", "ANY", 1)) == Types{"SOA", "NS", "NS", "CAA"});
    CHECK(types(lookup(zones, "custdkim.example.net.", "NS", 1)) == Types{"NS", "NS"});
}

TEST_CASE("Names are looked up whatever their letter case") {
    const Zones zones = fixed_zones();
    CHECK(types(lookup(zones, "S1.Q7w2KA.CustDKIM.Example.NET.", "TXT", 1)) == Types{"TXT"});
}

TEST_CASE("Names that are not there and names of strangers are empty answers and no errors") {
    const Zones zones = fixed_zones();
    for (const char* name :
         {"s1.zzzzzz.custdkim.example.net.", "x.s1.q7w2ka.custdkim.example.net.", "example.com.", "", "a..b.",
          "\xc3\xbc.custdkim.example.net.", "s1\\.q7w2ka.custdkim.example.net."}) {
        CHECK(lookup(zones, name, "ANY", 1) == json::array());
    }
    CHECK(lookup(zones, std::string(100000, 'a') + ".custdkim.example.net.", "ANY", 1) == json::array());
}

TEST_CASE("An empty non-terminal is a record without a type on ANY") {
    const Zones zones = fixed_zones();
    for (const char* name : {"q7w2ka.custdkim.example.net.", "b.custdkim.example.net."}) {
        const auto records = lookup(zones, name, "ANY", 1);
        REQUIRE(types(records) == Types{""});
        CHECK((records[0]["content"] == ""));
        CHECK((records[0]["ttl"] == 300));
        CHECK((records[0]["auth"] == 1));
        CHECK(lookup(zones, name, "TXT", 1).empty());
    }
}

TEST_CASE("A lookup without a zone id or with one that means nothing finds the zone by its name") {
    const Zones zones = fixed_zones();
    const json qname = "s1.q7w2ka.custdkim.example.net.";
    CHECK(ask(zones, "lookup", {{"qname", qname}, {"qtype", "TXT"}})["result"].size() == 1);
    for (const std::int64_t id : {-1L, 0L, 2L, 77L, 4294967297L, INT64_MAX, INT64_MIN}) {
        CHECK(ask(zones, "lookup", {{"qname", qname}, {"qtype", "TXT"}, {"zone-id", id}})["result"].size() ==
              1);
    }
}

TEST_CASE("A list is the whole zone and lists no empty non-terminals") {
    const Zones zones = fixed_zones();
    const auto records =
        ask(zones, "list", {{"zonename", "CustDKIM.example.net."}, {"domain_id", 1}})["result"];
    CHECK(types(records) == Types{"SOA", "NS", "NS", "CAA", "A", "A", "TXT", "TXT", "TXT"});
    for (const auto& record : records) CHECK((record["domain_id"] == 1));
}

TEST_CASE("A list that is written out in pieces is the same JSON in the end") {
    Zones zones = fixed_zones();
    for (int i = 0; i < 1000; ++i) {
        zones.find_key_zone(name("keys.example.org"))
            ->load(sample_key("k", {"l" + std::to_string(10000 + i)}));
    }
    const char* const request = R"({"method": "list", "parameters": {"zonename": "keys.example.org."}})";
    SpilledReply reply;
    CHECK(backend::Conversation({zones}).answer(request, reply) == backend::Outcome::answered);
    CHECK(reply.pieces.size() == 4);
    std::string text;
    for (const auto& piece : reply.pieces) text += piece;
    text += reply.text;
    CHECK(json::parse(text)["result"].size() == 1003);
    CHECK((text == answer(zones, request)));
}

TEST_CASE("All domains are primaries with their ids and serials") {
    const Zones zones = fixed_zones();
    const auto domains = ask(zones, "getAllDomains", {{"include_disabled", true}})["result"];
    REQUIRE(domains.size() == 2);
    const json first = {{"id", 1},
                        {"zone", "custdkim.example.net."},
                        {"kind", "master"},
                        {"masters", json::array()},
                        {"serial", 1767225600},
                        {"notified_serial", 0},
                        {"last_check", 0}};
    CHECK((domains[0] == first));
    CHECK((ask(zones, "getDomainInfo", {{"name", "CustDKIM.example.net."}})["result"] == first));
    CHECK((domains[1]["id"] == 2));
}

TEST_CASE("No zones at all are an empty array and never false which would be taken for all gone") {
    const Zones none;
    CHECK((ask(none, "getAllDomains", json::object()) == json{{"result", json::array()}}));
    CHECK((ask(none, "getUpdatedMasters", json::object()) == json{{"result", json::array()}}));
}

TEST_CASE("A domain that is not ours is false") {
    const Zones zones = fixed_zones();
    for (const char* name : {"example.com.", "example.net.", "s1.custdkim.example.net.", "."}) {
        CHECK((ask(zones, "getDomainInfo", {{"name", name}})["result"] == false));
        CHECK((ask(zones, "list", {{"zonename", name}})["result"] == false));
    }
}

TEST_CASE("A zone is due for a NOTIFY until PowerDNS says that it sent one for this very serial") {
    const Zones zones = fixed_zones();
    const auto due = [&] {
        std::vector<int> ids;
        const json reply = ask(zones, "getUpdatedMasters", json::object());
        for (const auto& zone : reply.at("result")) ids.push_back(zone["id"]);
        return ids;
    };
    const auto notified = [&](int id, std::uint32_t serial) {
        CHECK((ask(zones, "setNotified", {{"id", id}, {"serial", serial}})["result"] == true));
    };
    CHECK(due() == std::vector<int>{1, 2});
    notified(1, 1767225600);
    CHECK(due() == std::vector<int>{2});
    notified(2, 6);
    CHECK(due() == std::vector<int>{2});
    notified(2, 7);
    CHECK(due().empty());
    zones.find_key_zone(name("keys.example.org"))->publish(sample_key("k", {"aaaaaa"}), 8);
    CHECK(due() == std::vector<int>{2});
}

TEST_CASE("Metadata are none") {
    const Zones zones = fixed_zones();
    CHECK((ask(zones, "getAllDomainMetadata", {{"name", "x."}})["result"] == json::object()));
    CHECK((ask(zones, "getDomainMetadata", {{"name", "x."}, {"kind", "ALSO-NOTIFY"}})["result"] ==
           json::array()));
}

TEST_CASE("Initialize is fine with any options") {
    const Zones zones = fixed_zones();
    CHECK((ask(zones, "initialize", {{"path", "/x"}, {"timeout", "2000"}})["result"] == true));
    CHECK(answer(zones, R"({"method": "initialize"})") == R"({"result":true})");
}

}  // namespace custdkim::test
