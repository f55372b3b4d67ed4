// Every misconfiguration, in each of its flavours, shows through the test resolver what its file expects.
#include <catch2/catch.hpp>
#include <map>

#include "base/clock.hpp"
#include "lab/catalogue/expected_match.hpp"
#include "lab/internet/internet.hpp"
#include "lab/resolver/resolver.hpp"
#include "lab/serving/customers.hpp"

namespace custdkim::lab {

namespace {

constexpr const char* key_zone = "custdkim.example.net";

// Two keys, and empty non-terminals above their records.
class KeyZone final : public KeyZoneServer {
  public:
    std::vector<dns::Name> zones() const override { return {dns::Name::parse(key_zone).value()}; }
    Reply ask(const Message& question, Transport) override {
        Message response = response_to(question);
        response.authoritative = true;
        const Question& asked = question.questions.front();
        const std::string name = to_text(fold_case(asked.name));
        const auto key = texts.find(name);
        if (key != texts.end() && asked.type == type::txt) {
            response.answer = {
                {asked.name, type::txt, 300, parse_rdata(type::txt, '"' + key->second + '"').value()}};
        } else {
            const bool exists =
                key != texts.end() || std::any_of(texts.begin(), texts.end(), [&name](const auto& text) {
                    return text.first.ends_with("." + name);
                });
            if (!exists) response.rcode = rcode::nxdomain;
            response.authority = {
                {wire_name(key_zone).value(), type::soa, 300,
                 parse_rdata(type::soa, "ns1.example.net. h.example.net. 1 2 3 4 300").value()}};
        }
        return {Reply::Kind::answer, write_message(response), std::chrono::milliseconds(0)};
    }

    const std::map<std::string, std::string> texts{
        {"s1.q7w2ka.custdkim.example.net.",
         "v=DKIM1; k=rsa; p=MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEA1"},
        {"s2.m4x9tz.custdkim.example.net.",
         "v=DKIM1; k=rsa; p=MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEA2"}};
};

struct World {
    const Catalogue& catalogue = Catalogue::built_in();
    SimulatedClock clock{Timestamp(std::chrono::days(20'000))};
    KeyZone keys;
    Internet internet{catalogue, clock, keys};
    Resolver resolver{{[this](auto octets, const auto& server, Transport transport) {
                           return internet.ask(octets, server, transport);
                       },
                       internet.root_addresses(),
                       internet.trust_anchor(),
                       [this](const WireName& name) { return internet.knows(name); },
                       {}},
                      clock};
    NoKeys no_keys;
    Customers customers{internet, resolver, catalogue, no_keys};

    Placeholders placeholders(const dns::Name& domain) const {
        Placeholders made;
        made.domain = domain.text();
        made.selectors = {"s1", "s2"};
        made.targets = {"s1.q7w2ka.custdkim.example.net", "s2.m4x9tz.custdkim.example.net"};
        made.texts = {keys.texts.at(made.targets[0] + "."), keys.texts.at(made.targets[1] + ".")};
        return made;
    }

    Message ask(const std::string& name, std::uint16_t type) {
        Message question;
        question.recursion_desired = question.authentic = true;
        question.questions = {{wire_name(name).value(), type}};
        question.edns.emplace();
        return resolver.resolve(question).message;
    }
};

// What differs, for each question: nothing where all is as expected.
std::string differences(World& world, const dns::Name& domain, const Misconfiguration& misconfiguration,
                        const Expectation& expect) {
    const Placeholders placeholders = world.placeholders(domain);
    std::string text;
    const auto hold = [&](const char* what, const Expected& expected, std::size_t slot, std::uint16_t type) {
        const Message answer = world.ask(placeholders.owner(slot), type);
        if (const auto wrong = difference(fill(expected, placeholders).value(), answer)) {
            text += std::string("\n  ") + what + ": " + *wrong;
        }
    };
    const auto cold = [&] {
        if (!misconfiguration.primed) world.resolver.flush();
    };
    for (const std::size_t slot : {0UL, 1UL}) {
        cold(), hold(slot == 0 ? "cname1" : "cname2", expect.cname[slot], slot, type::cname);
        cold(), hold(slot == 0 ? "txt1" : "txt2", expect.txt[slot], slot, type::txt);
    }
    if (expect.txt1_after_cname1) {
        cold(), (void)world.ask(placeholders.owner(0), type::cname);
        hold("txt1_after_cname1", *expect.txt1_after_cname1, 0, type::txt);
    }
    if (expect.cname1_after_txt1) {
        cold(), (void)world.ask(placeholders.owner(0), type::txt);
        hold("cname1_after_txt1", *expect.cname1_after_txt1, 0, type::cname);
    }
    return text;
}

}  // namespace

TEST_CASE("Every misconfiguration shows through the resolver what its file expects") {
    World world;
    std::size_t flavours = 0;
    for (const Misconfiguration& misconfiguration : world.catalogue.all()) {
        for (const Flavour& flavour : misconfiguration.flavours) {
            const auto domain = dns::Name::parse("c" + std::to_string(++flavours) + ".example").value();
            CustomerRequest request;
            request.misconfiguration = misconfiguration.id;
            request.flavour = flavour.id;
            const Placeholders placeholders = world.placeholders(domain);
            request.selectors = placeholders.selectors;
            request.targets = placeholders.targets;
            const auto set = world.customers.set(domain, request);
            const std::string wrong = set ? differences(world, domain, misconfiguration, flavour.expect)
                                          : "\n  " + set.error().detail;
            INFO(misconfiguration.id << ", " << flavour.id << ":" << wrong);
            CHECK(wrong.empty());
        }
    }
    CHECK(flavours > 150);
}

}  // namespace custdkim::lab
