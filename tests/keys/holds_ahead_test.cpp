// When a key will be held, foretold: the same as asking at every moment.
#include "base/random.hpp"
#include "rehearsal.hpp"

namespace custdkim::test {

namespace {

bool is_foretold(const std::vector<HoldSpan>& spans, Timestamp moment) {
    for (const HoldSpan& span : spans) {
        if (span.from <= moment && moment < span.until) return true;
    }
    return false;
}

// What is asked for, at moments between here and far away: [0] not held, [1] held.
std::array<int, 2> compare(const Rehearsal& life, Random& random) {
    std::array<int, 2> seen{};
    const auto spans = holds_ahead(life.key, life.policy, life.clock, life.now);
    std::vector<Timestamp> moments{life.now};
    for (const HoldSpan& span : spans) {
        for (const Timestamp edge : {span.from, span.until}) {
            if (edge == Timestamp::max()) continue;
            moments.insert(moments.end(), {std::max(life.now, edge - Duration(1)), edge, edge + Duration(1)});
        }
    }
    for (int i = 0; i < 40; ++i) moments.push_back(life.now + Duration(random.below(3 * 86400)));
    for (int i = 0; i < 20; ++i) moments.push_back(life.now + Duration(random.below(90 * 86400)));
    for (const Timestamp moment : moments) {
        const auto hold = hold_of(life.key, life.policy, life.clock, moment);
        ++seen[hold ? 1 : 0];
        if (is_foretold(spans, moment) == hold.has_value()) continue;
        FAIL("held at " << format_rfc3339(moment) << ": " << hold.has_value() << ", seen from "
                        << format_rfc3339(life.now));
    }
    return seen;
}

}  // namespace

TEST_CASE("When a key will be held is foretold as it comes, whatever was seen of it") {
    const bool three = GENERATE(false, true);
    SeededRandom random(three ? 3 : 2);
    std::array<int, 2> seen{}, changed{};
    for (int life_time = 0; life_time < 30; ++life_time) {
        Rehearsal life;
        if (three) life.key = sample_key("k1", {"aaaaaa", "bbbbbb", "cccccc"});
        life.policy.slots = three ? 3 : 2;
        life.settle();
        life.activate();
        for (Duration at{}; at < 100 * day; at += Duration(1 + random.below(5 * 86400))) {
            life.run_until(at);
            const auto now = compare(life, random);
            for (int i = 0; i < 2; ++i) seen.at(i) += now.at(i);
            if (now[0] > 0 && now[1] > 0) ++changed[now[0] > now[1]];
            life.customer = static_cast<Outcome>(random.below(3));
        }
    }
    CHECK(seen[0] > 1000);
    CHECK(seen[1] > 1000);
    CHECK(changed[0] + changed[1] > 50);
}

}  // namespace custdkim::test
