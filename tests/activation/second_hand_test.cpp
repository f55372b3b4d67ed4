// Where no name server can be reached, a configured resolver is asked in their place.
#include <catch2/catch.hpp>

#include "tests/activation/fake_world.hpp"

using namespace custdkim;
using namespace custdkim::test;
using dns::Answer;
using dns::QuestionType;

namespace {

const std::string owner = "s1._domainkey.acme.example", target = "s1.q7w2ka.custdkim.example.net",
                  key = "v=DKIM1; k=rsa; p=abc";

activation::Subject subject() {
    activation::Subject made;
    made.domain = name("acme.example");
    made.selector = "s1";
    made.slot = {name(owner), name(target)};
    made.text = key;
    return made;
}

// The zone acme.example, with one name server.
void add_zone(FakeResolver& resolver) {
    Answer soa;
    soa.serial = 7;
    soa.answer = {record("acme.example", "SOA", "ns.acme.example. h.acme.example. 7 3600 600 86400 300")};
    resolver.answers[{"acme.example", QuestionType::soa}] = soa;
    Answer ns;
    ns.answer = {record("acme.example", "NS", "ns.acme.example.")};
    ns.additional = {record("ns.acme.example", "A", "192.0.2.1")};
    resolver.answers[{"acme.example", QuestionType::ns}] = ns;
}

Answer no_data() {
    Answer answer;
    answer.authority = {
        record("acme.example", "SOA", "ns.acme.example. h.acme.example. 7 3600 600 86400 300")};
    return answer;
}

Finding look(FakeWorld& world) { return world.diagnostician().look(subject()); }

}  // namespace

TEST_CASE("A record that went to another name is found through the resolver alone") {
    FakeWorld world;
    add_zone(world.resolver);
    const std::string doubled = owner + ".acme.example";
    world.resolver.answers[{doubled, QuestionType::cname}] = alias_answer(doubled, target);
    const Finding finding = look(world);
    CHECK((finding.outcome == Outcome::fail));
    CHECK(finding.cause == "doubled-domain");
    CHECK_THAT(finding.detail, Catch::Matchers::Contains(doubled));
}

TEST_CASE("A proxied record is told by its addresses through the resolver alone") {
    FakeWorld world;
    add_zone(world.resolver);
    for (const auto type : {QuestionType::cname, QuestionType::txt, QuestionType::dname}) {
        world.resolver.answers[{owner, type}] = no_data();
    }
    Answer addresses;
    addresses.answer = {record(owner, "A", "104.21.48.10")};
    world.resolver.answers[{owner, QuestionType::a}] = addresses;
    Answer https;
    https.answer = {record(owner, "HTTPS", "1 . alpn=\"h2\"")};
    world.resolver.answers[{owner, QuestionType::https}] = https;
    const Finding finding = look(world);
    CHECK(finding.cause == "cname-proxied");
    CHECK(finding.candidates == std::vector<std::string>{"cname-proxied", "negative-cached"});
    CHECK_FALSE(finding.evidence.empty());
}

TEST_CASE("A wrong target is told by its letters, whoever says it") {
    FakeWorld world;
    add_zone(world.resolver);
    const std::string wrong = target + ".acme.example";
    for (const auto type : {QuestionType::cname, QuestionType::txt}) {
        world.resolver.answers[{owner, type}] = alias_answer(owner, wrong);
    }
    const Finding finding = look(world);
    CHECK(finding.cause == "dot-missing");
    CHECK_THAT(finding.fix, Catch::Matchers::Contains(target + "."));
}

TEST_CASE("Silence all round is unknown, and ends within the deadlines") {
    FakeWorld world;
    world.resolver.silent = true;
    const Finding finding = look(world);
    CHECK((finding.outcome == Outcome::unknown));
    CHECK_FALSE(finding.detail.empty());
}

TEST_CASE("Of a SERVFAIL the resolver's extended error tells whether it is DNSSEC") {
    FakeWorld world;
    Answer rejected;
    rejected.rcode = 2;
    rejected.extended_errors = {{7, "signature expired"}};
    for (const auto type : {QuestionType::cname, QuestionType::txt}) {
        world.resolver.answers[{owner, type}] = rejected;
    }
    add_zone(world.resolver);
    const Finding finding = look(world);
    CHECK((finding.outcome == Outcome::fail));
    CHECK(finding.cause == "dnssec-expired");
}

TEST_CASE("Where a resolver finds nothing of the domain, what it may be is told, and nothing decided") {
    FakeWorld world;
    Answer servfail;
    servfail.rcode = 2;
    for (const auto type : {QuestionType::cname, QuestionType::txt}) {
        world.resolver.answers[{owner, type}] = servfail;
    }
    world.resolver.answers[{"acme.example", QuestionType::soa}] = servfail;
    const Finding zone = look(world);
    CHECK((zone.outcome == Outcome::unknown));
    CHECK(zone.cause == "zone-not-loaded");
    CHECK(zone.candidates.size() > 5);
    add_zone(world.resolver);
    const Finding at_name = look(world);
    CHECK((at_name.outcome == Outcome::unknown));
    CHECK(at_name.cause == "underscore-filtered");
}
