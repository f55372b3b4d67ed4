// The lab without sockets: internet, resolver and control API over a key zone that has a key for every name.
#pragma once

#include <nlohmann/json.hpp>

#include "http/target.hpp"
#include "lab/serving/control.hpp"
#include "lab/serving/faces.hpp"

namespace custdkim::lab::test {

inline dns::Name name(const std::string& text) { return dns::Name::parse(text).value(); }

class EveryKey final : public KeyZoneServer {
  public:
    std::vector<dns::Name> zones() const override { return {name("keys.example.net")}; }
    Reply ask(const Message& question, Transport) override {
        Message response = response_to(question);
        response.authoritative = true;
        const WireName& asked = response.questions.front().name;
        if (response.questions.front().type == type::txt) {
            const std::string text = "\"v=DKIM1; p=" + to_text(asked).substr(0, 2) + "\"";
            response.answer.push_back({asked, type::txt, 300, parse_rdata(type::txt, text).value()});
        } else {
            response.authority.push_back(
                {wire_name("keys.example.net").value(), type::soa, 300,
                 parse_rdata(type::soa, "ns1.example.net. h.example.net. 1 60 60 60 60").value()});
        }
        return {Reply::Kind::answer, write_message(response), {}};
    }
};

// acme.example and others have a key, "none.example" has not.
class SomeKeys final : public KeySource {
  public:
    Result<CustomerKey> find(const dns::Name& domain, const std::optional<std::string>& id) override {
        if (domain.text() == "none.example") return no_key(domain);
        const std::string key = id.value_or("k1");
        return CustomerKey{
            domain, {"s1", "s2"}, {"s1." + key + ".keys.example.net", "s2." + key + ".keys.example.net"}};
    }
};

struct LabWorld {
    static constexpr std::string_view token = "0123456789abcdef";

    EveryKey key_zones;
    SimulatedClock time{std::chrono::sys_days(std::chrono::year(2026) / 1 / 1)};
    PacedClock clock{time.now(), 0};
    const Catalogue& catalogue = Catalogue::built_in();
    Internet internet{catalogue, clock, key_zones};
    Resolver resolver{{[this](std::span<const std::uint8_t> question, const std::string& server,
                              Transport transport) { return internet.ask(question, server, transport); },
                       internet.root_addresses(),
                       internet.trust_anchor(),
                       [this](const WireName& folded) { return internet.knows(folded); },
                       {}},
                      clock};
    SomeKeys keys;
    CustomerOrders customers{internet, resolver, catalogue, keys};
    QueryLog log;
    Control control{{customers, catalogue, internet, resolver, log, clock, 0},
                    SecretBytes({reinterpret_cast<const std::uint8_t*>(token.data()), token.size()})};

    http::Response ask(const std::string& method, const std::string& target, const std::string& body = "",
                       const std::string& authorization = "Bearer " + std::string(token)) {
        http::Request request;
        request.method = method;
        request.headers["authorization"] = authorization;
        request.body = body;
        if (!http::split_target(target, request)) throw std::invalid_argument(target);
        return control.handle(request);
    }
    nlohmann::json json(const std::string& method, const std::string& target, const std::string& body = "") {
        return nlohmann::json::parse(ask(method, target, body).body);
    }
    nlohmann::json set(const std::string& domain, const std::string& misconfiguration) {
        return json("PUT", "/v1/customers/" + domain, R"({"misconfiguration": ")" + misconfiguration + "\"}");
    }

    static Message question(const std::string& owner, std::uint16_t type) {
        Message question;
        question.id = 1;
        question.recursion_desired = true;
        question.questions.push_back({wire_name(owner).value(), type});
        return question;
    }
    // "NXDOMAIN", "NOERROR", "NOERROR CNAME TXT", ...
    std::string look(const std::string& owner, std::uint16_t type) {
        return shown(resolver.resolve(question(owner, type)).message);
    }
    static std::string shown(const Message& message) {
        std::string text = rcode_name(message.rcode);
        for (const ResourceRecord& record : message.answer) text += " " + type_name(record.type);
        return text;
    }
};

}  // namespace custdkim::lab::test
