// Rotation on order: as soon as R2 and R3 allow, and it is said when that is.
#include "keys/key_state.hpp"
#include "rehearsal.hpp"

namespace custdkim::test {

namespace {

Rehearsal active(unsigned slots = 2) {
    Rehearsal life;
    life.policy.slots = slots;
    if (slots == 3) life.key = sample_key("k1", {"aaaaaa", "bbbbbb", "cccccc"});
    life.settle();
    life.activate();
    return life;
}

Forecast order(Rehearsal& life, bool compromised) {
    life.key = rotation_request(life.key, compromised, life.now).key;
    return forecast(life.key, life.policy, life.clock, life.now).value();
}

}  // namespace

TEST_CASE("A pair that stands by for long enough signs at once") {
    Rehearsal life = active();
    life.run_until(10 * day);
    CHECK(order(life, false).sign_at == life.now);
    life.settle();
    CHECK(life.signer() == "s2");
    CHECK_FALSE(life.key.rotation_requested_at);
    life.run_until(41 * day);  // and the cycle goes on from there
    CHECK(life.history == History{"10d sign s2", "35d publish s1", "40d sign s1"});
}

TEST_CASE("A pair that stands by, but not for long enough, is waited for") {
    Rehearsal life = active();
    life.run_until(2 * day);
    CHECK(order(life, false).sign_at == new_year() + 5 * day);
    life.run_until(6 * day);
    CHECK(life.history == History{"5d sign s2"});
}

TEST_CASE("A slot that mail under way still needs is waited for") {
    Rehearsal life = active();
    life.run_until(31 * day);
    const Forecast expected = order(life, false);
    CHECK(expected.publish_at == new_year() + 55 * day);  // s1 signed until day 30
    CHECK(expected.sign_at == new_year() + 60 * day);
    CHECK(expected.why.find("s1 is needed until") != std::string::npos);
}

TEST_CASE("A compromised pair gives way to the one that stands by, and is revoked") {
    Rehearsal life = active();
    life.run_until(10 * day);
    CHECK(order(life, true).sign_at == life.now);
    life.settle();
    CHECK(life.signer() == "s2");
    const Pair& leaked = life.key.slots[0].pairs.front();
    CHECK(leaked.revoked_at == life.now);
    CHECK(leaked.destroyed_at == life.now);
    CHECK(state_of(leaked, life.key.slots[0].published(), life.now) == PairState::removed);
}

TEST_CASE("A compromised pair without a stand-by signs until the shortest safe time, not for weeks") {
    Rehearsal life = active();
    life.run_until(31 * day);
    const Forecast expected = order(life, true);
    CHECK(expected.publish_at == new_year() + 30 * day + shortest_retention(life.policy));
    CHECK(expected.sign_at == expected.publish_at + settle_time(life.policy));
    CHECK(life.signer() == "s2");
    life.run_until(50 * day);
    CHECK(life.signer() == "s1");
    CHECK(life.key.slots[1].published()->revoked_at);
}

TEST_CASE("With a third slot a compromised pair gives way at once at any time") {
    Rehearsal life = active(3);
    life.run_until(31 * day);
    CHECK(order(life, true).sign_at == life.now);
    life.settle();
    CHECK(life.signer() == "s3");
}

TEST_CASE("By policy a compromised pair keeps its record") {
    Rehearsal life = active();
    life.policy.revoke_compromised = false;
    life.run_until(10 * day);
    order(life, true);
    life.settle();
    CHECK_FALSE(life.key.slots[0].pairs.front().revoked_at);
    CHECK(life.key.slots[0].pairs.front().destroyed_at);
}

TEST_CASE("Haste does not move signing to a slot whose CNAME is wrong") {
    Rehearsal life = active();
    life.run_until(10 * day);
    life.customer = Outcome::fail;
    order(life, true);
    life.run_until(11 * day);
    CHECK(life.signer() == "s1");
    CHECK_FALSE(life.key.slots[0].published()->revoked_at);
}

TEST_CASE("A revoked key has no next step") {
    Rehearsal life = active();
    const Change change = revocation(life.key, life.now);
    CHECK(change.destroy == std::vector<unsigned>{1, 2});
    CHECK(change.moves_serial);
    CHECK_FALSE(signing_pair(change.key));
    CHECK_FALSE(next_step(change.key, life.policy, {}, life.now + 400 * day));
}

}  // namespace custdkim::test
