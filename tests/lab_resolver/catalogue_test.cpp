// Every misconfiguration of the catalogue, iterated over in the fake internet on an empty cache, or one that
// was filled before the edit: what the resolver shows is what the file expects.
#include <catch2/catch.hpp>

#include "lab/catalogue/expected_match.hpp"
#include "rig.hpp"

namespace custdkim::lab::test {

namespace {

const CustomerKey key{dns::Name::parse("acme.example").value(),
                      {"sel1", "sel2"},
                      {"sel1.abc.keys.custdkim.net", "sel2.abc.keys.custdkim.net"}};
const Placeholders placeholders{
    "acme.example", key.selectors, key.targets, {"v=DKIM1; p=KEY1", "v=DKIM1; p=KEY2"}, {"ns.acme.example"}};

class TwoKeys final : public KeyZoneServer {
  public:
    std::vector<dns::Name> zones() const override { return {dns::Name::parse("keys.custdkim.net").value()}; }
    Reply ask(const Message& asked, Transport) override {
        Message response = response_to(asked);
        response.authoritative = true;
        response.rcode = rcode::nxdomain;
        for (std::size_t slot = 0; slot < 2; ++slot) {
            const Question& wanted = asked.questions.front();
            const WireName target = name(key.targets[slot]), folded = fold_case(wanted.name);
            if (is_at_or_below(target, folded)) response.rcode = rcode::noerror;  // or an empty non-terminal
            if (folded != target || wanted.type != type::txt) continue;
            const std::string text = '"' + placeholders.texts[slot] + '"';
            response.answer = {{wanted.name, type::txt, 300, parse_rdata(type::txt, text).value()}};
        }
        return reply(response);
    }
};

struct World {
    Resolver::Parts parts() {
        Resolver::Parts parts;
        parts.ask = [this](std::span<const std::uint8_t> octets, const std::string& server,
                           Transport transport) { return internet.ask(octets, server, transport); };
        parts.root_servers = internet.root_addresses();
        parts.trust_anchor = internet.trust_anchor();
        parts.is_ours = [this](const WireName& folded) { return internet.knows(folded); };
        return parts;
    }

    SimulatedClock clock{start};
    TwoKeys keys;
    Internet internet{Catalogue::built_in(), clock, keys};
    Resolver resolver{parts(), clock};
};

struct Asking {
    std::string what;
    const Expected* expected;
    std::vector<Message> first;  // on the same cache
    Message asked;
};

std::vector<Asking> askings(const Expectation& expect) {
    std::vector<Asking> all;
    for (std::size_t slot = 0; slot < 2; ++slot) {
        const std::string number = std::to_string(slot + 1);
        const Message cname = question(placeholders.owner(slot), type::cname);
        const Message txt = question(placeholders.owner(slot), type::txt);
        all.push_back({"cname" + number, &expect.cname[slot], {}, cname});
        all.push_back({"txt" + number, &expect.txt[slot], {}, txt});
        if (slot != 0) continue;
        if (expect.txt1_after_cname1) {
            all.push_back({"txt1_after_cname1", &*expect.txt1_after_cname1, {cname}, txt});
        }
        if (expect.cname1_after_txt1) {
            all.push_back({"cname1_after_txt1", &*expect.cname1_after_txt1, {txt}, cname});
        }
    }
    return all;
}

}  // namespace

TEST_CASE("Every misconfiguration looks as its file expects") {
    for (const Misconfiguration& one : Catalogue::built_in().all()) {
        for (const Flavour& flavour : one.flavours) {
            for (const Asking& asking : askings(flavour.expect)) {
                World world;  // `nth` questions begin at one
                REQUIRE(world.internet.set(key, one.id, flavour.id).has_value());
                if (one.primed) {
                    const auto before = fill(*one.before, placeholders).value();
                    REQUIRE(world.internet.replace_zone(key.domain, before).has_value());
                    world.resolver.resolve(asking.asked);
                    REQUIRE(world.internet.set(key, one.id, flavour.id).has_value());
                }
                for (const Message& first : asking.first) world.resolver.resolve(first);
                const Message answer = world.resolver.resolve(asking.asked).message;
                const auto expected = fill(*asking.expected, placeholders);
                INFO(one.id << " " << flavour.id << " " << asking.what << ": " << answer_text(answer));
                REQUIRE(expected.has_value());
                CHECK(difference(*expected, answer).value_or("") == "");
            }
        }
    }
}

}  // namespace custdkim::lab::test
