#include <algorithm>

#include "backend/http_request.hpp"
#include "tests/backend/fixed_zones.hpp"
#include "tests/fuzz/exchange.hpp"
#include "tests/fuzz/must.hpp"
#include "tests/fuzz/targets.hpp"

namespace custdkim::test {

namespace {

struct HttpInput {
    std::string_view verb, target, body;
    backend::HttpHeaders headers;
};

std::string_view take_line(std::string_view& rest) {
    const std::string_view line = rest.substr(0, rest.find('\n'));
    rest.remove_prefix(std::min(line.size() + 1, rest.size()));
    return line;
}

// "VERB TARGET", lines "name: value" up to an empty one, the body.
HttpInput cut(std::string_view rest) {
    HttpInput input;
    input.target = take_line(rest);
    input.verb = input.target.substr(0, input.target.find(' '));
    input.target.remove_prefix(std::min(input.verb.size() + 1, input.target.size()));
    for (std::string_view line = take_line(rest); !line.empty(); line = take_line(rest)) {
        const std::string_view name = line.substr(0, line.find(": "));
        input.headers[std::string(name)] = line.substr(std::min(name.size() + 2, line.size()));
    }
    input.body = rest;
    return input;
}

// As PowerDNS writes it: everything but letters and digits is escaped.
std::string escaped(std::string_view text) {
    constexpr std::string_view digits = "0123456789abcdef";
    std::string out;
    for (const unsigned char c : text) {
        const bool is_plain = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
        if (is_plain) {
            out += static_cast<char>(c);
        } else {
            out += '%';
            out += digits[c >> 4];
            out += digits[c & 15];
        }
    }
    return out;
}

// Whatever octets a name has but NUL, they come out as they were: slashes, dots and percents, too.
void check_a_name(std::string_view name) {
    if (name.empty() || name.find('\0') != std::string_view::npos) return;
    const auto request = backend::read_rest("GET", "/lookup/" + escaped(name) + "/ANY", {}, "");
    must(request.has_value(), "an escaped name is read", name);
    const auto& parameters = request->at("parameters").as_object();
    must(parameters.at("qname").as_string() == name && parameters.at("qtype").as_string() == "ANY",
         "a name is read as it was before it was escaped", name);
}

}  // namespace

void try_http_path(std::span<const std::uint8_t> octets) {
    static const Zones zones = fixed_zones();
    const std::string_view text(reinterpret_cast<const char*>(octets.data()), octets.size());
    const HttpInput input = cut(text);
    const auto request = backend::read_http_request(input.verb, input.target, input.headers, input.body);
    if (request) {
        must(request->size() <= 6 * text.size() + 1024, "a request does not blow up");
        backend::Conversation conversation({zones});
        std::string reply;
        try_exchange(conversation, *request, reply);
    } else {
        must(request.error().detail.size() <= 512, "what is wrong is said in a sentence", text);
    }
    check_a_name(input.target);
}

std::vector<std::string> http_path_seeds() {
    return {
        "GET /lookup/s1%2eq7w2ka%2ecustdkim%2eexample%2enet%2e/ANY\nx-remotebackend-zone-id: 1\n\n",
        "GET /list/1/custdkim%2eexample%2enet%2e\nx-remotebackend-local: 0.0.0.0\n\n",
        "GET /getAllDomains?includeDisabled=true\n\n",
        "PATCH /setNotified/1\n\nserial=1767225600.000000",
        "PATCH "
        "/setDomainMetadata/custdkim%2eexample%2enet%2e/ALSO%2dNOTIFY\n\nvalue[]=192%2e0%2e2%2e1&value[]=x+y",
        "PUT "
        "/addDomainKey/custdkim%2eexample%2enet%2e\n\nflags=257&active=1&published=0&content=Private%2dkey",
        "POST /activateDomainKey/1/custdkim%2eexample%2enet%2e\n\n",
        "DELETE /removeDomainKey/1/custdkim%2eexample%2enet%2e\n\n",
        "GET /getBeforeAndAfterNamesAbsolute/1/s1%2eq7w2ka%2e\n\n",
        "GET /searchRecords?maxResults=10&pattern=%2a\n\n",
        "POST /directBackendCmd\n\nquery=help",
        "POST "
        "/lookup\n\nparameters=%7b%22qname%22%3a+%22custdkim%2eexample%2enet%2e%22%2c%22qtype%22%3a%22SOA%22%"
        "7d",
        "POST /\n\n{\"method\": \"getDomainInfo\", \"parameters\": {\"name\": \"custdkim.example.net.\"}}",
    };
}

}  // namespace custdkim::test
