// How the service in the lab sees customers' DNS.
#include <catch2/catch.hpp>

#include "tests/lab_up/small_world.hpp"

using custdkim::dns::QuestionType;

namespace custdkim::lab::test {

namespace {

// "NXDOMAIN", "NOERROR sel1.abc.keys.example.net"
std::string look(SmallWorld& world, const std::string& owner, QuestionType type = QuestionType::cname) {
    const auto answer = world.resolver.ask(dns_name(owner), type);
    if (!answer) return answer.error().detail;
    std::string text = dns::rcode_name(answer->rcode);
    for (const dns::Alias& alias : answer->aliases) text += " " + alias.target.text();
    return text;
}

}  // namespace

TEST_CASE("The service's resolver says what validation made of an answer") {
    SmallWorld world;
    const auto security = [&](const std::string& misconfiguration, const std::string& owner) {
        world.set(misconfiguration);
        return world.resolver.ask(dns_name(owner), QuestionType::cname).value().security;
    };
    CHECK((security("healthy", owner_1) == dns::Security::insecure));
    CHECK((security("signed", owner_1) == dns::Security::secure));
    for (const char* const broken : {"signatures-expired", "signatures-not-yet-valid", "ds-mismatch",
                                     "dnskey-missing", "ds-without-signatures", "record-altered"}) {
        INFO(broken);
        CHECK((security(broken, owner_1) == dns::Security::bogus));
        const auto answer = world.resolver.ask(dns_name(owner_1), QuestionType::cname).value();
        CHECK(answer.rcode == rcode::servfail);
        CHECK_FALSE(answer.why_bogus.empty());
    }
    CHECK((security("nsec-missing", owner_2) == dns::Security::bogus));
    CHECK((security("nsec-broken", owner_2) == dns::Security::bogus));
    CHECK((security("nsec-broken", owner_1) == dns::Security::secure));
    CHECK((security("all-servers-dead", owner_1) == dns::Security::insecure));
}

TEST_CASE("Unchecked, what does not validate is shown all the same") {
    SmallWorld world;
    world.set("signatures-expired");
    const auto answer = world.resolver.ask_unchecked(dns_name(owner_1), QuestionType::cname).value();
    CHECK(answer.rcode == rcode::noerror);
    REQUIRE(answer.aliases.size() == 1);
    CHECK(answer.aliases[0].target.text() == target_1);
    CHECK((answer.security == dns::Security::unchecked));
    CHECK(answer.why_bogus.empty());
}

TEST_CASE("What resolvers remember from before an edit is seen until its time is over") {
    SmallWorld world;
    world.set("cached-nxdomain");
    CHECK(look(world, owner_1) == "NXDOMAIN");
    CHECK(look(world, owner_2, QuestionType::txt) == "NXDOMAIN");
    world.clock.advance(std::chrono::seconds(299));
    CHECK(look(world, owner_1) == "NXDOMAIN");
    world.clock.advance(std::chrono::seconds(1));
    CHECK(look(world, owner_1) == "NOERROR " + target_1);
}

TEST_CASE("An old target that is remembered is followed to what is there now") {
    SmallWorld world;
    world.set("cached-old-target");
    CHECK(look(world, owner_1) == "NOERROR sel1.old999.keys.example.net");
    world.clock.advance(std::chrono::hours(23));
    CHECK(look(world, owner_1, QuestionType::txt) == "NXDOMAIN sel1.old999.keys.example.net");
    world.clock.advance(std::chrono::hours(1));
    CHECK(look(world, owner_1, QuestionType::txt) == "NOERROR " + target_1);
}

TEST_CASE("A customer that is fixed, replaced or removed is not remembered") {
    SmallWorld world;
    const dns::Name domain = dns_name("acme.example");
    world.set("cached-nxdomain");
    world.set("healthy", "", true);
    CHECK(look(world, owner_1) == "NXDOMAIN");  // as its cache is kept
    world.set("old-target");
    CHECK(look(world, owner_1) == "NOERROR sel1.old999.keys.example.net");
    world.set("cached-nxdomain");
    CHECK(world.customers.fix(domain).has_value());
    CHECK(look(world, owner_1) == "NOERROR " + target_1);
    world.set("cached-nxdomain");
    CHECK(world.customers.remove(domain).value());
    world.internet.set(world.keys.find(domain, std::nullopt).value(), "healthy").value();
    CHECK(look(world, owner_1) == "NOERROR " + target_1);
}

TEST_CASE("Other questions are remembered by nobody") {
    SmallWorld world;
    world.set("healthy");
    CHECK(look(world, owner_1) == "NOERROR " + target_1);
    world.internet.set(world.keys.find(dns_name("acme.example"), std::nullopt).value(), "not-published")
        .value();
    CHECK(look(world, owner_1) == "NXDOMAIN");
}

TEST_CASE("Every primed misconfiguration looks to the service as its file expects") {
    for (const Misconfiguration& one : Catalogue::built_in().all()) {
        if (!one.primed) continue;
        SmallWorld world;
        world.set(one.id);
        const Expectation& expect = one.flavours.front().expect;
        INFO(one.id);
        CHECK(look(world, owner_1).find(expect.cname[0].rcode) == 0);
        CHECK(look(world, owner_1, QuestionType::txt).find(expect.txt[0].rcode) == 0);
        CHECK(look(world, owner_2).find(expect.cname[1].rcode) == 0);
    }
}

}  // namespace custdkim::lab::test
