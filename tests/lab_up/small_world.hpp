// A fake internet with one customer, acme.example, as the service in the lab sees it.
#pragma once

#include "lab/up/world_resolver.hpp"
#include "lab/up/world_servers.hpp"

namespace custdkim::lab::test {

inline dns::Name dns_name(const std::string& text) { return dns::Name::parse(text).value(); }

// Has a key at sel1.abc and sel2.abc, and nothing else.
class TwoTargets final : public KeyZoneServer {
  public:
    std::vector<dns::Name> zones() const override { return {dns_name("keys.example.net")}; }
    Reply ask(const Message& asked, Transport) override {
        Message response = response_to(asked, rcode::nxdomain);
        response.authoritative = true;
        const Question& question = asked.questions.front();
        const std::string owner = to_text(fold_case(question.name));
        if (owner == "sel1.abc.keys.example.net." || owner == "sel2.abc.keys.example.net.") {
            response.rcode = rcode::noerror;
            if (question.type == type::txt) {
                response.answer.push_back(
                    {question.name, type::txt, 300, parse_rdata(type::txt, "\"v=DKIM1; p=\"").value()});
            }
        }
        return {Reply::Kind::answer, write_message(response), {}};
    }
};

class OneKey final : public KeySource {
  public:
    Result<CustomerKey> find(const dns::Name& domain, const std::optional<std::string>&) override {
        return CustomerKey{
            domain, {"sel1", "sel2"}, {"sel1.abc.keys.example.net", "sel2.abc.keys.example.net"}};
    }
};

struct SmallWorld {
    SimulatedClock clock{std::chrono::sys_days(std::chrono::year(2026) / 1 / 1)};
    TwoTargets key_zones;
    Internet internet{Catalogue::built_in(), clock, key_zones};
    Resolver test_resolver{over(internet), clock};
    WorldResolver resolver{internet, clock};
    WorldServers servers{internet};
    OneKey keys;
    CustomerOrders customers{internet, test_resolver, Catalogue::built_in(), keys, &resolver};

    void set(const std::string& misconfiguration, const std::string& flavour = "", bool keep_cache = false) {
        CustomerRequest request;
        request.misconfiguration = misconfiguration;
        request.flavour = flavour;
        request.keep_cache = keep_cache;
        customers.set(dns_name("acme.example"), request).value();
    }
};

inline const std::string owner_1 = "sel1._domainkey.acme.example", owner_2 = "sel2._domainkey.acme.example",
                         target_1 = "sel1.abc.keys.example.net", server_1 = "127.53.1.1",
                         server_2 = "127.53.1.2";

}  // namespace custdkim::lab::test
