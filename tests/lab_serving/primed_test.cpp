// Misconfigurations that are about full caches: the resolver was asked while the zone was another. What they
// then show is what their files expect.
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
std::string differences(World& world, const dns::Name& domain, const Expectation& expect) {
    const Placeholders placeholders = world.placeholders(domain);
    std::string text;
    const auto hold = [&](const Expected& expected, std::size_t slot, std::uint16_t type) {
        const Message answer = world.ask(placeholders.owner(slot), type);
        const auto wrong = difference(fill(expected, placeholders).value(), answer);
        if (wrong) text += "\n  " + placeholders.owner(slot) + " " + type_name(type) + ": " + *wrong;
    };
    for (const std::size_t slot : {0UL, 1UL}) {
        hold(expect.cname[slot], slot, type::cname);
        hold(expect.txt[slot], slot, type::txt);
    }
    return text;
}

}  // namespace

TEST_CASE("What resolvers remember from before the edit is what the files expect") {
    World world;
    std::size_t flavours = 0;
    for (const Misconfiguration& misconfiguration : world.catalogue.all()) {
        if (!misconfiguration.primed) continue;
        for (const Flavour& flavour : misconfiguration.flavours) {
            const auto domain = dns::Name::parse("c" + std::to_string(++flavours) + ".example").value();
            CustomerRequest request;
            request.misconfiguration = misconfiguration.id;
            request.flavour = flavour.id;
            const Placeholders placeholders = world.placeholders(domain);
            request.selectors = placeholders.selectors;
            request.targets = placeholders.targets;
            const auto set = world.customers.set(domain, request);
            const std::string wrong =
                set ? differences(world, domain, flavour.expect) : "\n  " + set.error().detail;
            INFO(misconfiguration.id << ", " << flavour.id << ":" << wrong);
            CHECK(wrong.empty());
        }
    }
    CHECK(flavours > 1);
}

}  // namespace custdkim::lab
