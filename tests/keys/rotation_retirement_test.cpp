// What becomes of pairs that signed: their records, and their private keys (R3, R9).
#include "keys/key_record.hpp"
#include "rehearsal.hpp"

namespace custdkim::test {

namespace {

Rehearsal with(RetiredRecord retired, Duration interval = 60 * day) {
    Rehearsal life;
    life.policy.retired = retired;
    life.policy.interval = interval;
    life.settle();
    life.activate();
    return life;
}

}  // namespace

TEST_CASE("The private key of a pair that was replaced is destroyed with its last signature") {
    Rehearsal life = with(RetiredRecord::keep);
    life.run_until(61 * day);
    CHECK(life.key.slots[0].published()->destroyed_at == new_year() + 60 * day);
    CHECK_FALSE(life.key.slots[1].published()->destroyed_at);
}

TEST_CASE("Or some time later, as the policy has it") {
    Rehearsal life = with(RetiredRecord::keep);
    life.policy.destroy_private_key_after = 2 * day;
    life.run_until(61 * day);
    CHECK_FALSE(life.key.slots[0].published()->destroyed_at);
    life.run_until(63 * day);
    CHECK(life.key.slots[0].published()->destroyed_at == new_year() + 62 * day);
}

TEST_CASE("A retired record is kept, revoked, or shows its private key, and not before the retention") {
    for (const auto policy :
         {RetiredRecord::keep, RetiredRecord::revoke, RetiredRecord::publish_private_key}) {
        Rehearsal life = with(policy);
        const std::string before = slot_record_text(life.key, life.key.slots[0]);
        life.run_until(85 * day - hour);
        CHECK(slot_record_text(life.key, life.key.slots[0]) == before);
        life.run_until(86 * day);
        const std::string after = slot_record_text(life.key, life.key.slots[0]);
        if (policy == RetiredRecord::keep) CHECK(after == before);
        if (policy == RetiredRecord::revoke) CHECK(after == "v=DKIM1; k=ed25519; p=");
        if (policy == RetiredRecord::publish_private_key) {
            CHECK(after == "v=DKIM1; k=ed25519; n=private key: BwcH; p=");
        }
        CHECK(life.key.slots[0].published()->destroyed_at);
        life.run_until(400 * day);  // the slot takes its turn all the same
        CHECK(std::count(life.history.begin(), life.history.end(), "360d sign s1") == 1);
    }
}

TEST_CASE("A key that is deactivated keeps its pair: it may be activated again") {
    Rehearsal life = with(RetiredRecord::revoke);
    life.run_until(10 * day);
    life.key = deactivation(life.key, life.now).key;
    life.run_until(100 * day);
    CHECK_FALSE(signing_pair(life.key));
    CHECK_FALSE(life.key.slots[0].published()->revoked_at);
    const auto signer = first_signer(life.key);
    REQUIRE(signer);
    CHECK(life.key.slots[signer->first].selector == "s1");
}

TEST_CASE("A deleted key is withdrawn a retention after its last signature") {
    Rehearsal life = with(RetiredRecord::keep);
    life.run_until(10 * day);
    life.key = deactivation(life.key, life.now).key;
    life.run_until(20 * day);
    life.key.deleted_at = life.now;
    life.run_until(34 * day);
    CHECK(life.history.empty());
    life.run_until(36 * day);
    CHECK(life.history == History{"35d withdraw "});
}

}  // namespace custdkim::test
