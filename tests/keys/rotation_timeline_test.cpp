// The timeline as it was promised: published on day 0, the alternate on day 25, it signs on day 30, and so
// on.
#include <set>

#include "rehearsal.hpp"

namespace custdkim::test {

TEST_CASE("A key that is active from the first day rotates on days 30, 60, 90") {
    Rehearsal life;
    life.settle();
    life.activate();
    life.run_until(91 * day);
    CHECK(life.history == History{"25d publish s2", "30d sign s2", "55d publish s1", "60d sign s1",
                                  "85d publish s2", "90d sign s2"});
}

TEST_CASE("A placeholder publishes nothing until day 25") {
    Rehearsal life;
    life.policy.alternate_at_creation = AlternateAtCreation::placeholder;
    life.key.slots[1].pairs.clear();
    life.settle();
    life.activate();
    life.run_until(24 * day);
    CHECK(life.key.slots[1].published() == nullptr);
    life.run_until(31 * day);
    CHECK(life.history == History{"25d publish s2", "30d sign s2"});
}

TEST_CASE("A key that nobody activates does not rotate") {
    Rehearsal life;
    life.run_until(400 * day);
    CHECK(life.history.empty());
    CHECK(life.signer().empty());
}

TEST_CASE("A key that is activated late still gets its five days of visibility") {
    Rehearsal life;
    life.run_until(40 * day);
    life.activate();
    life.run_until(80 * day);
    CHECK(life.history == History{"40d publish s2", "45d sign s2", "70d publish s1", "75d sign s1"});
}

TEST_CASE("An outage shortens nothing, and later cycles follow from when signing moved") {
    Rehearsal life;
    life.settle();
    life.activate();
    life.run_until(24 * day);
    life.at(47 * day);  // back
    life.run_until(83 * day);
    CHECK(life.history == History{"47d publish s2", "52d sign s2", "77d publish s1", "82d sign s1"});
}

TEST_CASE("The days before signing count from when the record was really visible") {
    Rehearsal life;
    life.settle();
    life.activate();
    life.visible = false;
    life.run_until(28 * day);
    CHECK(life.history == History{"25d publish s2"});
    CHECK_FALSE(life.key.slots[1].published()->visible_at.has_value());
    life.visible = true;
    life.run_until(34 * day);
    CHECK(life.history == History{"25d publish s2", "33d sign s2"});
}

TEST_CASE("A record that no name server shows never signs") {
    Rehearsal life;
    life.settle();
    life.activate();
    life.visible = false;
    life.run_until(365 * day);
    CHECK(life.history == History{"25d publish s2"});
    CHECK(life.signer() == "s1");
}

TEST_CASE("In ten years a slot is never written before its retention is over") {
    for (const unsigned slots : {2U, 3U}) {
        Rehearsal life;
        life.policy.slots = slots;
        if (slots == 3) life.key = sample_key("k1", {"aaaaaa", "bbbbbb", "cccccc"});
        life.settle();
        life.activate();
        for (int i = 1; i <= 3650; ++i) {
            const Key before = life.key;
            life.run_until(i * day);
            for (std::size_t s = 0; s < slots; ++s) {
                const Pair& old = *before.slots[s].published();
                if (life.key.slots[s].published()->number == old.number || !old.signing_since) continue;
                REQUIRE(old.retired_at.has_value());
                REQUIRE(*life.key.slots[s].published()->published_at - *old.retired_at >=
                        life.policy.retention);
            }
            REQUIRE(signing_pair(life.key).has_value());
        }
        CHECK(life.key.slots[0].pairs.size() <= 2);  // what is long gone is not dragged along
    }
}

TEST_CASE("Jitter makes cycles longer, each key by its own measure, and waits not shorter") {
    std::set<Duration> first;
    for (int i = 0; i < 20; ++i) {
        Rehearsal life;
        life.policy.jitter = 2 * day;
        life.key.id = "k" + std::to_string(i);
        life.settle();
        life.activate();
        const Timestamp sign = forecast(life.key, life.policy, {}, life.now)->sign_at;
        CHECK(sign >= new_year() + 30 * day);
        CHECK(sign <= new_year() + 32 * day);
        first.insert(sign - new_year());
        life.run_until(33 * day);
        const Pair& pair = *life.key.slots[1].published();
        CHECK(*pair.signing_since - *pair.visible_at >= life.policy.prepublish);
    }
    CHECK(first.size() > 15);
}

TEST_CASE("With three slots one stands by at all times") {
    Rehearsal life;
    life.policy.slots = 3;
    life.key = sample_key("k1", {"aaaaaa", "bbbbbb", "cccccc"});
    life.settle();
    life.activate();
    for (int i = 6; i <= 200; ++i) {
        life.run_until(i * day);
        const auto fresh = std::count_if(life.key.slots.begin(), life.key.slots.end(), [](const Slot& slot) {
            return is_fresh(*slot.published()) && slot.published()->visible_at;
        });
        REQUIRE(fresh >= 1);
    }
}

}  // namespace custdkim::test
