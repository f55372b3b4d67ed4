// The three forms of PowerDNS's HTTP connector, read as the JSON of the others.
#include "backend/http_request.hpp"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

namespace custdkim::test {

using Catch::Contains;
using nlohmann::json;

namespace {

using backend::HttpHeaders;

json read(const std::string& verb, const std::string& target, const HttpHeaders& headers = {},
          const std::string& body = "") {
    return json::parse(backend::read_http_request(verb, target, headers, body).value());
}

std::string refusal(const std::string& verb, const std::string& target, const HttpHeaders& headers = {},
                    const std::string& body = "") {
    const auto request = backend::read_http_request(verb, target, headers, body);
    return request ? "" : request.error().detail;
}

json request(const std::string& method, const json& parameters) {
    return {{"method", method}, {"parameters", parameters}};
}

}  // namespace

TEST_CASE("A look-up in REST has its name and type in the path, and the rest in headers") {
    const HttpHeaders headers = {{"x-remotebackend-local", "0.0.0.0"},
                                 {"x-remotebackend-remote", "192.0.2.1"},
                                 {"x-remotebackend-real-remote", "192.0.2.1/32"},
                                 {"x-remotebackend-zone-id", "-1"},
                                 {"x-remotebackend-cookie", "not taken"},
                                 {"accept", "application/json"}};
    CHECK(read("GET", "/lookup/s1%2eq7w2ka%2eexample%2enet%2e/ANY", headers) ==
          request("lookup", {{"qname", "s1.q7w2ka.example.net."},
                             {"qtype", "ANY"},
                             {"local", "0.0.0.0"},
                             {"remote", "192.0.2.1"},
                             {"real-remote", "192.0.2.1/32"},
                             {"zone-id", -1}}));
}

TEST_CASE("Slashes and escaped dots of a name are the name's, however the path is cut") {
    CHECK(read("GET", "/lookup/a%2fb%5c%2ec%2eexample%2e/TXT")["parameters"]["qname"] == "a/b\\.c.example.");
    CHECK(read("GET", "/lookup/%5c032%2eexample%2e/TXT")["parameters"]["qname"] == "\\032.example.");
    CHECK(read("GET", "/lookup/a+b%2e/TXT")["parameters"]["qname"] == "a+b.");
    CHECK(read("GET", "/getDomainInfo/%2e")["parameters"]["name"] == ".");
    CHECK(read("GET", "/getBeforeAndAfterNamesAbsolute/7/")["parameters"] == json{{"id", 7}, {"qname", ""}});
}

TEST_CASE("Parameters have the types in REST that they have on a socket") {
    CHECK(read("GET", "/list/-1/example%2enet%2e") ==
          request("list", {{"domain_id", -1}, {"zonename", "example.net."}}));
    CHECK(read("GET", "/getAllDomains?includeDisabled=true") ==
          request("getAllDomains", {{"include_disabled", true}}));
    CHECK(read("GET", "/searchRecords?maxResults=10&pattern=%2a%2eexample") ==
          request("searchRecords", {{"maxResults", 10}, {"pattern", "*.example"}}));
    CHECK(read("PATCH", "/setNotified/3", {}, "serial=2024010101%2e000000") ==
          request("setNotified", {{"id", 3}, {"serial", 2024010101}}));
    CHECK(read("PATCH", "/setNotified/3", {}, "serial=-4")["parameters"]["serial"] == -4);
    CHECK(read("DELETE", "/removeDomainKey/5/example%2enet%2e") ==
          request("removeDomainKey", {{"id", 5}, {"name", "example.net."}}));
    CHECK(read("PUT", "/addDomainKey/example%2enet%2e", {},
               "active=1&content=Private%2dkey%2dformat%3a%20v1%2e2%0a&flags=257&published=0") ==
          request("addDomainKey", {{"name", "example.net."},
                                   {"key",
                                    {{"active", true},
                                     {"content", "Private-key-format: v1.2\n"},
                                     {"flags", 257},
                                     {"published", false}}}}));
    CHECK(read("PATCH", "/setDomainMetadata/example%2enet%2e/ALSO%2dNOTIFY", {},
               "value[]=192%2e0%2e2%2e1&value[]=b") ==
          request("setDomainMetadata",
                  {{"name", "example.net."}, {"kind", "ALSO-NOTIFY"}, {"value", {"192.0.2.1", "b"}}}));
    CHECK(read("PATCH", "/setDomainMetadata/example%2enet%2e/X")["parameters"]["value"] == json::array());
    CHECK(read("POST", "/directBackendCmd", {}, "query=help+me%2b")["parameters"]["query"] == "help me+");
}

TEST_CASE("What the methods that write records carry is not read, so that it cannot be misread") {
    const std::string glued = "rrset[0][content]=a&rrset[0][ttl]=36001&rrset[1][content]=%zz&1";
    CHECK(read("PATCH", "/replaceRRSet/1/a%2eexample%2e/TXT", {{"x-remotebackend-trxid", "1767225600"}},
               glued) ==
          request("replaceRRSet",
                  {{"domain_id", 1}, {"qname", "a.example."}, {"qtype", "TXT"}, {"trxid", 1767225600}}));
}

TEST_CASE("A method that is not known is passed on for its answer") {
    CHECK(read("GET", "/getComments/x") == request("getComments", json::object()));
}

TEST_CASE("With post the form has the parameters, and with post_json the body is all") {
    CHECK(read("POST", "/lookup", {}, "parameters=%7b%22qname%22%3a+%22a%2eb%2e%22%7d") ==
          request("lookup", {{"qname", "a.b."}}));
    const std::string line = R"({"method": "lookup", "parameters": {"qname": "a.b."}})";
    CHECK(backend::read_http_request("POST", "", {}, line).value() == line);
    CHECK(backend::read_http_request("POST", "/", {}, line).value() == line);
}

TEST_CASE("A suffix of PowerDNS's own configuration is refused, and not read as a type that nobody has") {
    for (const char* target : {"/lookup/a%2e/ANY.json", "/getAllDomains.json?includeDisabled=true", "/.."}) {
        CHECK_THAT(refusal("GET", target), Contains("url-suffix"));
    }
    CHECK_THAT(refusal("POST", "/lookup.json", {}, "parameters={}"), Contains("url-suffix"));
    CHECK(read("GET", "/searchRecords?maxResults=1&pattern=a.b")["parameters"]["pattern"] == "a.b");
}

TEST_CASE("A request that cannot be read is refused with the part that is wrong") {
    CHECK(refusal("GET", "") == "the path does not name a method");
    CHECK(refusal("GET", "/") == "the path does not name a method");
    CHECK(refusal("GET", "/?x=1") == "the path does not name a method");
    CHECK(refusal("GET", "/lookup/a/TXT/b") == "lookup: the path has too many parts");
    CHECK(refusal("GET", "/getTSIGKeys/x") == "getTSIGKeys: the path has too many parts");
    CHECK(refusal("GET", "/lookup/a%2/TXT") == "'a%2' has a broken %-escape");
    CHECK(refusal("GET", "/lookup/a%00/TXT") == "'a%00' has a broken %-escape");
    CHECK(refusal("GET", "/list/x/a%2e") == "the parameter 'domain_id' must be a whole number");
    CHECK(refusal("GET", "/list/99999999999999999999/a%2e") ==
          "the parameter 'domain_id' must be a whole number");
    CHECK(refusal("PATCH", "/setNotified/1", {}, "serial=1%2e5") ==
          "the parameter 'serial' must be a whole number");
    CHECK(refusal("PUT", "/addDomainKey/a%2e", {}, "active=yes") == "the parameter 'active' must be 0 or 1");
    CHECK(refusal("POST", "/lookup", {}, "parameters=%7") == "'%7' has a broken %-escape");
}

TEST_CASE("Nothing is changed by a GET") {
    CHECK(refusal("GET", "/removeDomainKey/5/a%2e") == "removeDomainKey is asked for with DELETE, not GET");
    CHECK(refusal("GET", "/directBackendCmd?query=reload") ==
          "directBackendCmd is asked for with POST, not GET");
}

}  // namespace custdkim::test
