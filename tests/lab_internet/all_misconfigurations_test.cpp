#include "lab/catalogue/expected_match.hpp"
#include "tests/lab_internet/small_internet.hpp"

namespace custdkim::lab {

namespace {

// What a resolver without a cache would show: CNAMEs are followed, by referrals from the root each time.
Message chase(SmallInternet& world, const std::string& name, std::uint16_t wanted) {
    Message shown;
    std::string next = name;
    for (int links = 0; links < 12; ++links) {
        Message response = world.walk({next, wanted});
        shown.rcode = response.rcode;
        if (wanted == type::cname && response.answer.size() == 2 && response.answer[0].type == wanted) {
            response.answer.resize(1);  // of two at one name Unbound shows one
        }
        shown.answer.insert(shown.answer.end(), response.answer.begin(), response.answer.end());
        if (response.rcode != rcode::noerror || response.answer.empty()) return shown;
        const ResourceRecord& last = response.answer.back();
        if (wanted == type::cname || last.type != type::cname) return shown;
        next = to_text(target_of(last));
    }
    shown.rcode = rcode::servfail;
    return shown;
}

// Those whose zone alone says what is seen.
bool is_plain(const Misconfiguration& each) {
    return each.faults.empty() && each.servers.empty() && !each.dnssec && !each.primed;
}

}  // namespace

TEST_CASE("every misconfiguration can be set, in every flavour, and exported") {
    SmallInternet world(Catalogue::built_in().all());
    REQUIRE(world.catalogue.all().size() > 60);
    for (const Misconfiguration& each : world.catalogue.all()) {
        for (const Flavour& flavour : each.flavours) {
            INFO(each.id << " " << flavour.id);
            const auto set = world.internet.set(key_of("acme.example"), each.id, flavour.id);
            if (!set) FAIL_CHECK(set.error().detail);
            CHECK(world.internet.export_zone(dns::Name::parse("acme.example").value()).has_value());
        }
    }
}

TEST_CASE("zones without faults show what their files expect") {
    SmallInternet world(Catalogue::built_in().all());
    const CustomerKey key = key_of("acme.example");
    const Placeholders placeholders{
        "acme.example", key.selectors, key.targets, {"v=DKIM1; p=KEY1", "v=DKIM1; p=KEY2"}, {}};
    int compared = 0;
    for (const Misconfiguration& each : world.catalogue.all()) {
        for (const Flavour& flavour : each.flavours) {
            if (!is_plain(each) || !flavour.faults.empty()) continue;
            world.set(each.id, flavour.id);
            for (const std::size_t slot : {0U, 1U}) {
                for (const auto wanted : {type::cname, type::txt}) {
                    const auto& expected =
                        (wanted == type::cname ? flavour.expect.cname : flavour.expect.txt)[slot];
                    if (expected.rcode == "SERVFAIL") continue;
                    INFO(each.id << " " << flavour.id << " " << type_name(wanted) << slot + 1);
                    const auto shown = chase(world, placeholders.owner(slot), wanted);
                    CHECK(difference(fill(expected, placeholders).value(), shown).value_or("") == "");
                    ++compared;
                }
            }
        }
    }
    CHECK(compared > 100);
}

}  // namespace custdkim::lab
