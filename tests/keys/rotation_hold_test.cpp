// R4 and R5: signing moves only where the customer's CNAME was seen to lead to the new pair.
#include "rehearsal.hpp"

namespace custdkim::test {

namespace {

std::optional<Hold> hold(const Rehearsal& life) {
    return hold_of(life.key, life.policy, life.clock, life.now);
}

// Active, and with the new pair visible since day 25.
Rehearsal before_the_switch() {
    Rehearsal life;
    life.settle();
    life.activate();
    life.run_until(26 * day);
    return life;
}

}  // namespace

TEST_CASE("A key whose next CNAME is missing is held, and goes on signing") {
    Rehearsal life = before_the_switch();
    life.customer = Outcome::fail;
    life.run_until(29 * day);
    CHECK_FALSE(hold(life));  // nothing is late yet
    life.run_until(45 * day);
    REQUIRE(hold(life));
    CHECK(hold(life)->since == new_year() + 30 * day);
    CHECK(hold(life)->reason == "s2._domainkey.acme.example: there is no CNAME");
    CHECK(life.signer() == "s1");
    CHECK(next_step(life.key, life.policy, {}, life.now)->action == Action::verify);
}

TEST_CASE("A held key resumes by itself, once caches have forgotten that the CNAME was missing") {
    Rehearsal life = before_the_switch();
    life.customer = Outcome::fail;
    life.run_until(45 * day);
    life.customer = Outcome::pass;
    life.run_until(45 * day + 23 * hour);
    CHECK(hold(life)->reason.find("caches may remember") != std::string::npos);
    CHECK(life.signer() == "s1");
    life.run_until(47 * day);
    CHECK_FALSE(hold(life));
    CHECK(life.signer() == "s2");
}

TEST_CASE("A look that can tell nothing neither moves signing nor forgets what was seen") {
    Rehearsal life = before_the_switch();
    const auto passing_since = life.key.slots[1].check.passing_since;
    life.customer = Outcome::unknown;
    life.run_until(40 * day);
    CHECK(life.signer() == "s1");
    REQUIRE(hold(life));
    CHECK(hold(life)->reason.find("could not tell") != std::string::npos);
    CHECK(life.key.slots[1].check.passing_since == passing_since);
    life.customer = Outcome::pass;
    life.run_until(40 * day + 2 * hour);  // no negative answer was ever seen: nothing to wait for
    CHECK(life.signer() == "s2");
}

TEST_CASE("A pass that led to another pair does not count") {
    Rehearsal life = before_the_switch();
    life.at(30 * day);
    SlotLook look{{Outcome::pass, "", "", "", {}}, 1};
    record_look(life.key.slots[1], look, life.now);
    const auto step = next_step(life.key, life.policy, {}, life.now);
    REQUIRE(step);
    CHECK(step->action == Action::verify);
}

TEST_CASE("What happens at the end of a hold is a policy") {
    for (const auto policy :
         {AfterMaxHold::keep_holding, AfterMaxHold::sign_anyway, AfterMaxHold::deactivate}) {
        Rehearsal life = before_the_switch();
        life.policy.after_max_hold = policy;
        life.policy.max_hold = 10 * day;
        life.customer = Outcome::fail;
        life.run_until(40 * day - hour);
        CHECK(life.signer() == "s1");
        life.run_until(41 * day);
        if (policy == AfterMaxHold::keep_holding) CHECK(life.signer() == "s1");
        if (policy == AfterMaxHold::sign_anyway) CHECK(life.signer() == "s2");
        if (policy == AfterMaxHold::deactivate) CHECK(life.signer().empty());
    }
}

TEST_CASE("Every look of a customer that fails comes a recheck after the one before") {
    Rehearsal life = before_the_switch();
    life.customer = Outcome::fail;
    life.run_until(31 * day);
    const auto step = next_step(life.key, life.policy, {}, life.now);
    CHECK(step->due - life.key.slots[1].check.last->checked_at == life.policy.recheck);
}

}  // namespace custdkim::test
