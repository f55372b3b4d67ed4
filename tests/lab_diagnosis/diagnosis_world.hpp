// A customer of the fake internet, acme.example with two selectors, and a diagnostician that looks at it.
#pragma once

#include "activation/diagnostician.hpp"
#include "lab/up/world_resolver.hpp"
#include "lab/up/world_servers.hpp"

namespace custdkim::lab::test {

inline dns::Name named(const std::string& text) { return dns::Name::parse(text).value(); }

inline const std::array<std::string, 2> targets{"sel1.q7w2ka.keys.example.net",
                                                "sel2.m4x9tz.keys.example.net"};
inline const std::array<std::string, 2> texts{"v=DKIM1; k=rsa; p=MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8A1",
                                              "v=DKIM1; k=rsa; p=MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8A2"};

class TwoRecords final : public KeyZoneServer {
  public:
    std::vector<dns::Name> zones() const override { return {named("keys.example.net")}; }
    Reply ask(const Message& asked, Transport) override {
        Message response = response_to(asked, rcode::nxdomain);
        response.authoritative = true;
        const Question& question = asked.questions.front();
        const std::string owner = to_text(fold_case(question.name));
        for (std::size_t slot = 0; slot < targets.size(); ++slot) {
            if ((targets[slot] + ".").ends_with(owner)) response.rcode = rcode::noerror;
            if (owner != targets[slot] + "." || question.type != type::txt) continue;
            response.answer.push_back(
                {question.name, type::txt, 300, parse_rdata(type::txt, "\"" + texts[slot] + "\"").value()});
        }
        return {Reply::Kind::answer, write_message(response), {}};
    }
};

class TwoSelectors final : public KeySource {
  public:
    Result<CustomerKey> find(const dns::Name& domain, const std::optional<std::string>&) override {
        return CustomerKey{domain, {"sel1", "sel2"}, targets};
    }
};

struct DiagnosisWorld {
    explicit DiagnosisWorld(activation::Settings settings = {}) : settings_(settings) {}

    void set(const std::string& misconfiguration, const std::string& flavour = "") {
        CustomerRequest request;
        request.misconfiguration = misconfiguration;
        request.flavour = flavour;
        customers.set(domain, request).value();
    }

    activation::SlotNames names_of(std::size_t slot) const {
        return {named("sel" + std::to_string(slot + 1) + "._domainkey." + domain.text()),
                named(targets[slot])};
    }

    custdkim::Finding look(std::size_t slot) {
        activation::Subject subject;
        subject.domain = domain;
        subject.selector = "sel" + std::to_string(slot + 1);
        subject.slot = names_of(slot);
        subject.others = {names_of(1 - slot)};
        subject.text = texts[slot];
        const activation::Diagnostician diagnostician(
            {resolver, servers, root_servers(internet), clock, random, providers_}, settings_);
        return diagnostician.look(subject);
    }
    std::vector<custdkim::Finding> look() { return {look(0), look(1)}; }

    const dns::Name domain = named("acme.example");
    activation::Settings settings_;
    const std::vector<activation::Provider> providers_;
    SimulatedClock clock{std::chrono::sys_days(std::chrono::year(2026) / 1 / 1)};
    SeededRandom random{1};
    TwoRecords key_zones;
    Internet internet{Catalogue::built_in(), clock, key_zones};
    Resolver test_resolver{over(internet), clock};
    WorldResolver resolver{internet, clock};
    WorldServers servers{internet};
    TwoSelectors keys;
    CustomerOrders customers{internet, test_resolver, Catalogue::built_in(), keys, &resolver};
};

}  // namespace custdkim::lab::test
