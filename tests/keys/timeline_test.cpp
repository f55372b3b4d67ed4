// What the picture of a key tells is what its facts say and what its rotation will do.
#include "keys/timeline.hpp"

#include <catch2/catch.hpp>

#include "rehearsal.hpp"

namespace custdkim::test {

namespace {

Timeline look(const Rehearsal& life, unsigned cycles = 2) {
    return timeline_of(life.key, life.policy, life.clock, life.now, cycles);
}

// "s2 pair 2: ready 0d, active 30d, ..." of one pair, in whole days since the start; "" where it is not told.
std::string told(const Timeline& timeline, const std::string& selector, unsigned number) {
    for (const SlotLife& slot : timeline.slots) {
        if (slot.selector != selector) continue;
        for (const PairLife& pair : slot.pairs) {
            if (pair.number != number) continue;
            std::string text;
            for (const Span& span : pair.spans) {
                text += (text.empty() ? "" : ", ") + std::string(to_string(span.state)) + " " +
                        format_duration(span.from - new_year());
            }
            return text;
        }
    }
    return "";
}

std::vector<std::string> plan(const Timeline& timeline) {
    std::vector<std::string> steps;
    for (const Step& step : timeline.planned) {
        steps.push_back(format_duration(step.due - new_year()) + " " + std::string(to_string(step.action)) +
                        " " + timeline.slots[step.slot].selector + " " + std::to_string(step.pair));
    }
    return steps;
}

Rehearsal active() {
    Rehearsal life;
    life.settle();
    const auto signer = first_signer(life.key).value();
    life.key = activation_change(life.key, signer.first, signer.second, life.now).key;
    return life;
}

}  // namespace

TEST_CASE("The default schedule is published on day 25, signed with on day 30, and so on") {
    const Timeline timeline = look(active());
    CHECK(plan(timeline) ==
          std::vector<std::string>{"25d publish s2 3", "30d sign s2 3", "55d publish s1 4", "60d sign s1 4"});
    CHECK(timeline.until == new_year() + 60 * day);
    CHECK(told(timeline, "s1", 1) == "active 0s, retired 30d, removed 55d");
    CHECK(told(timeline, "s2", 2) == "ready 0s, removed 25d");
    CHECK(told(timeline, "s2", 3) == "ready 25d, active 30d, retired 60d");
    CHECK(told(timeline, "s1", 4) == "ready 55d, active 60d");
}

TEST_CASE("What was planned is what happens") {
    Rehearsal life = active();
    const auto planned = plan(look(life, 6));
    life.history.clear();
    life.run_until(181 * day);
    std::vector<std::string> happened;
    for (const std::string& step : life.history) {
        if (step.find(" publish ") != std::string::npos || step.find(" sign ") != std::string::npos)
            happened.push_back(step);
    }
    REQUIRE(planned.size() == happened.size());
    for (std::size_t i = 0; i < planned.size(); ++i) CHECK(planned[i].starts_with(happened[i]));
}

TEST_CASE("Every span has the state that the facts say for its time") {
    Rehearsal life = active();
    life.run_until(GENERATE(0, 3, 27, 31, 58, 64) * day);
    const Timeline timeline = look(life);
    for (const Slot& slot : life.key.slots) {
        for (const Pair& pair : slot.pairs) {
            const std::string spans = told(timeline, slot.selector, pair.number);
            CAPTURE(slot.selector, pair.number, spans);
            std::string state = "none";
            for (const SlotLife& lane : timeline.slots) {
                for (const PairLife& told_of : lane.pairs) {
                    if (lane.selector != slot.selector || told_of.number != pair.number) continue;
                    for (const Span& span : told_of.spans) {
                        if (span.from <= life.now) state = to_string(span.state);
                    }
                }
            }
            CHECK(state == to_string(state_of(pair, slot.published(), life.now)));
        }
    }
}

TEST_CASE("Of a key that does not sign nothing is planned") {
    Rehearsal life;
    life.settle();
    const Timeline timeline = look(life);
    CHECK(plan(timeline).empty());
    CHECK(timeline.until == life.now);
    CHECK(told(timeline, "s1", 1) == "ready 0s");
}

TEST_CASE("A deleted key's records end with the withdrawal") {
    Rehearsal life = active();
    life.at(2 * day);
    life.key = deactivation(life.key, life.now).key;
    life.key.deleted_at = life.now;
    const Timeline timeline = look(life);
    REQUIRE(timeline.planned.size() == 1);
    CHECK(timeline.planned[0].action == Action::withdraw);
    CHECK(timeline.planned[0].due == new_year() + 27 * day);
    CHECK(told(timeline, "s1", 1) == "active 0s, retired 2d, removed 27d");
    CHECK(told(timeline, "s2", 2) == "ready 0s, removed 27d");
}

TEST_CASE("A plan is told from now on, also where the rotation is held") {
    Rehearsal life = active();
    life.customer = Outcome::fail;
    life.run_until(40 * day);
    REQUIRE(hold_of(life.key, life.policy, life.clock, life.now));
    const Timeline timeline = look(life, 1);
    REQUIRE_FALSE(timeline.planned.empty());
    CHECK(timeline.planned.back().action == Action::sign);
    CHECK(timeline.planned.back().due > life.now + life.policy.customer_negative_ttl - hour);
}

}  // namespace custdkim::test
