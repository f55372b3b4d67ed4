#include "activation/resolved_customer_dns.hpp"

#include <catch2/catch.hpp>
#include <functional>
#include <stdexcept>

#include "keys/key_record.hpp"
#include "tests/support/sample_keys.hpp"

using namespace custdkim;
using namespace custdkim::test;
using dns::Answer;
using dns::QuestionType;

namespace {

// The customer's side is right; the TXT is what the test says.
class FakeWorld final : public dns::Resolver {
  public:
    Result<Answer> ask_unchecked(const dns::Name& owner, QuestionType type) override {
        return ask(owner, type);
    }
    Result<Answer> ask(const dns::Name& owner, QuestionType type) override {
        asked.push_back({owner.text(), type});
        if (trouble) trouble();
        if (silent) return Error{Errc::unavailable, "no answer in time"};
        Answer answer;
        answer.aliases = {{owner, target}};
        if (type == QuestionType::txt) answer.all_texts = {{target, text}};
        return answer;
    }
    dns::Name target = name("s1.aaaaaa.custdkim.example.net");
    std::string text;
    bool silent = false;
    std::function<void()> trouble;
    std::vector<std::pair<std::string, QuestionType>> asked;
};

struct World {
    Key key = sample_key("k1", {"aaaaaa", "bbbbbb"});
    FakeWorld resolver;
    ResolvedCustomerDns dns{resolver};

    SlotLook look() { return dns.look(key, key.slots[0]); }
};

}  // namespace

TEST_CASE("CNAME and TXT are asked for at the customer's name, and a pass tells the pair") {
    World world;
    world.resolver.text = slot_record_text(world.key, world.key.slots[0]);
    const SlotLook look = world.look();
    CHECK(look.finding.outcome == Outcome::pass);
    CHECK(look.pair == 1);
    using Asked = std::vector<std::pair<std::string, QuestionType>>;
    CHECK(world.resolver.asked == Asked{{"s1._domainkey.acme.example", QuestionType::cname},
                                        {"s1._domainkey.acme.example", QuestionType::txt}});
}

TEST_CASE("A placeholder that is seen passes, and is no pair's") {
    World world;
    world.key.slots[0].pairs.clear();
    world.resolver.text = "v=DKIM1; k=ed25519; p=";
    const SlotLook look = world.look();
    CHECK(look.finding.outcome == Outcome::pass);
    CHECK(look.pair == 0);
}

TEST_CASE("The slot's older pair is taken for what a cache may have, a foreign one is not") {
    World world;
    const KeyType type = world.key.type;
    world.resolver.text = slot_record_text(world.key, world.key.slots[0]);
    world.key.slots[0].pairs.push_back(sample_pair(3, type, 99));
    CHECK(world.look().finding.outcome == Outcome::unknown);
    world.resolver.text = key_record_text(type, sample_public_key(type, 77));
    CHECK(world.look().finding.outcome == Outcome::fail);
    CHECK(world.look().pair == 0);
}

TEST_CASE("A resolver that keeps silent is asked once") {
    World world;
    world.resolver.silent = true;
    CHECK(world.look().finding.outcome == Outcome::unknown);
    CHECK(world.resolver.asked.size() == 1);
}

TEST_CASE("A resolver that throws could not tell") {
    World world;
    world.resolver.trouble = [] { throw std::runtime_error("out of sockets"); };
    const SlotLook look = world.look();
    CHECK(look.finding.outcome == Outcome::unknown);
    CHECK(look.finding.cause == "could-not-tell");
}
