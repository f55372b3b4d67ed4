// What a customer's DNS may do to us on purpose: every look is bounded in questions, time and words.
#include <catch2/catch.hpp>

#include "activation/known_servers.hpp"
#include "tests/activation/fake_world.hpp"

using namespace custdkim;
using namespace custdkim::test;
using dns::Answer;
using dns::QuestionType;

namespace {

const std::string owner = "s1._domainkey.acme.example", target = "s1.q7w2ka.custdkim.example.net";

activation::Subject subject() {
    activation::Subject made;
    made.domain = name("acme.example");
    made.selector = "s1";
    made.slot = {name(owner), name(target)};
    made.text = "v=DKIM1; k=rsa; p=abc";
    return made;
}

// Every server says what the test says of a question.
class ScriptedServers final : public dns::NameServers {
  public:
    std::vector<Result<Answer>> ask(std::span<const dns::Probe> probes, std::chrono::milliseconds) override {
        std::vector<Result<Answer>> answers;
        for (const dns::Probe& probe : probes) {
            ++asked;
            addresses.insert(probe.server.address);
            answers.push_back(answer(probe));
        }
        return answers;
    }
    std::function<Result<Answer>(const dns::Probe&)> answer;
    std::size_t asked = 0;
    std::set<std::string> addresses;
};

struct HostileWorld {
    FakeResolver resolver;
    ScriptedServers servers;
    SimulatedClock clock{std::chrono::sys_days(std::chrono::year(2026) / 1 / 1)};
    SeededRandom random{1};
    std::vector<activation::Provider> providers;

    Finding look() {
        const activation::Diagnostician diagnostician(
            {resolver, servers, {{"192.0.2.53", 53}}, clock, random, providers}, {});
        return diagnostician.look(subject());
    }
};

// Sends everybody on to `count` servers of `zone`, each with its address.
Answer referral(const std::string& zone, int count) {
    Answer answer;
    for (int i = 0; i < count; ++i) {
        const std::string server = "ns" + std::to_string(i) + "." + zone;
        answer.authority.push_back(record(zone, "NS", server + "."));
        answer.additional.push_back(
            record(server, "A", "198.51." + std::to_string(i / 250) + "." + std::to_string(i % 250 + 1)));
    }
    return answer;
}

}  // namespace

TEST_CASE("Of a thousand name servers a few are asked") {
    HostileWorld world;
    world.servers.answer = [](const dns::Probe& probe) -> Result<Answer> {
        if (probe.server.address == "192.0.2.53") return referral("acme.example", 1000);
        return Error{Errc::unavailable, "no answer in time"};
    };
    world.resolver.silent = true;
    const Finding finding = world.look();
    CHECK((finding.outcome == Outcome::unknown));
    CHECK(finding.cause == "servers-unreachable");
    CHECK(world.servers.addresses.size() <= 14);
    CHECK(world.servers.asked < 500);
}

TEST_CASE("Name servers without addresses cost one question each, side by side") {
    HostileWorld world;
    world.servers.answer = [](const dns::Probe&) -> Result<Answer> {
        Answer answer = referral("acme.example", 1000);
        answer.additional.clear();
        return answer;
    };
    const Finding finding = world.look();
    CHECK((finding.outcome != Outcome::pass));
    CHECK(world.resolver.asked < 60);
}

TEST_CASE("Referrals that lead in circles, upwards or ever deeper come to an end") {
    for (const char* const zone : {"example", "acme.example", "_domainkey.acme.example",
                                   "s1._domainkey.acme.example", "other.example"}) {
        INFO(zone);
        HostileWorld world;
        world.servers.answer = [zone](const dns::Probe&) -> Result<Answer> { return referral(zone, 2); };
        const Finding finding = world.look();
        CHECK((finding.outcome != Outcome::pass));
        CHECK(world.servers.asked < 500);
    }
}

TEST_CASE("A chain of CNAMEs without end is followed no further than resolvers do") {
    HostileWorld world;
    world.servers.answer = [](const dns::Probe& probe) -> Result<Answer> {
        if (probe.server.address == "192.0.2.53") return referral("acme.example", 2);
        Answer answer;
        answer.authoritative = true;
        if (probe.type == QuestionType::soa) {
            answer.answer = {record("acme.example", "SOA", "ns. h. 1 3600 600 86400 300")};
            return answer;
        }
        // Another name for every name: its length, and what it began with.
        const std::string hop =
            "h" + std::to_string(probe.name.text().size()) + probe.name.text().substr(0, 1) + "x";
        return alias_answer(probe.name.text(), hop + ".acme.example");
    };
    world.resolver.answers[{owner, QuestionType::cname}] = alias_answer(owner, "hop.acme.example");
    Answer servfail;
    servfail.rcode = 2;
    world.resolver.answers[{owner, QuestionType::txt}] = servfail;
    const Finding finding = world.look();
    CHECK((finding.outcome == Outcome::fail));
    CHECK(world.servers.asked < 500);
}

TEST_CASE("However much is answered, the evidence stays short and in print") {
    HostileWorld world;
    world.servers.answer = [](const dns::Probe& probe) -> Result<Answer> {
        if (probe.server.address == "192.0.2.53") return referral("acme.example", 13);
        Answer answer;
        answer.authoritative = true;
        for (int i = 0; i < 1000; ++i) {
            answer.answer.push_back(record(owner, "TXT", "\"" + std::string(4000, 'x') + "\""));
            answer.all_texts.push_back({name(owner), std::string(4000, '\x1b')});
            answer.texts.push_back(std::string(4000, '\x1b'));
        }
        return answer;
    };
    const Finding finding = world.look();
    CHECK((finding.outcome != Outcome::pass));
    CHECK(finding.evidence.size() <= 64);
    for (const std::string& line : finding.evidence) CHECK(line.size() <= 300);
    CHECK(finding.detail.size() < 2000);
    CHECK(finding.detail.find('\x1b') == std::string::npos);
    CHECK(finding.fix.size() < 4000);
}

TEST_CASE("What is remembered of servers is of registries and providers, and bounded") {
    activation::KnownServers known;
    for (int i = 0; i < 20000; ++i)
        known.learn_address(name("ns" + std::to_string(i) + ".example"), "192.0.2.1");
    CHECK(known.address_of(name("ns19999.example")) == "192.0.2.1");
    CHECK_FALSE(known.address_of(name("ns0.example")));
    activation::Delegation registry;
    registry.zone = name("example");
    known.learn_registry(registry);
    REQUIRE(known.registry_above(name("acme.example")));
    CHECK(known.registry_above(name("acme.example"))->zone == name("example"));
    CHECK_FALSE(known.registry_above(name("acme.test")));
}
