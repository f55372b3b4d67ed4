#include "activation/observed_customer_dns.hpp"

#include <catch2/catch.hpp>
#include <stdexcept>

#include "keys/key_record.hpp"
#include "tests/activation/fake_world.hpp"

using namespace custdkim;
using namespace custdkim::test;
using dns::QuestionType;

namespace {

const std::string owner = "s1._domainkey.acme.example", target = "s1.aaaaaa.custdkim.example.net";

struct Observed {
    Key key = sample_key("k1", {"aaaaaa", "bbbbbb"});
    FakeWorld world;
    activation::Diagnostician diagnostician = world.diagnostician();
    ObservedCustomerDns dns{diagnostician};

    // The customer's side is right; the TXT is this.
    void publish(const std::string& text) {
        world.resolver.answers[{owner, QuestionType::cname}] = alias_answer(owner, target);
        world.resolver.answers[{owner, QuestionType::txt}] = alias_answer(owner, target, text);
    }
    SlotLook look() { return dns.look(key, key.slots[0]); }
};

}  // namespace

TEST_CASE("A pass tells the pair that was seen") {
    Observed observed;
    observed.publish(slot_record_text(observed.key, observed.key.slots[0]));
    const SlotLook look = observed.look();
    CHECK((look.finding.outcome == Outcome::pass));
    CHECK(look.finding.cause.empty());
    CHECK(look.pair == 1);
}

TEST_CASE("A placeholder that is seen passes, and is no pair's") {
    Observed observed;
    observed.key.slots[0].pairs.clear();
    observed.publish("v=DKIM1; k=ed25519; p=");
    const SlotLook look = observed.look();
    CHECK((look.finding.outcome == Outcome::pass));
    CHECK(look.pair == 0);
}

TEST_CASE("The slot's older pair is taken for what a cache may have, a foreign one is not") {
    Observed observed;
    const KeyType type = observed.key.type;
    observed.publish(slot_record_text(observed.key, observed.key.slots[0]));
    observed.key.slots[0].pairs.push_back(sample_pair(3, type, 99));
    CHECK((observed.look().finding.outcome == Outcome::unknown));
    observed.publish(key_record_text(type, sample_public_key(type, 77)));
    const SlotLook look = observed.look();
    CHECK((look.finding.outcome == Outcome::fail));
    CHECK(look.finding.cause == "other-key");
    CHECK_THAT(look.finding.fix, Catch::Matchers::Contains("our zone"));
    CHECK(look.pair == 0);
}

TEST_CASE("A resolver that keeps silent or throws could not tell") {
    Observed observed;
    observed.world.resolver.silent = true;
    CHECK((observed.look().finding.outcome == Outcome::unknown));
    observed.world.resolver.silent = false;
    observed.world.resolver.trouble = [] { throw std::runtime_error("out of sockets"); };
    const SlotLook look = observed.look();
    CHECK((look.finding.outcome == Outcome::unknown));
    CHECK(look.finding.cause == "could-not-tell");
}
