// The watch: active keys are looked at every day, and what fails counts only after several looks.
#include "keys/watch.hpp"

#include <set>

#include "rehearsal.hpp"

namespace custdkim::test {

namespace {

constexpr Duration minute = std::chrono::minutes(1);

Rehearsal active_life() {
    Rehearsal life;
    life.settle();
    life.activate();
    return life;
}

void look(Rehearsal& life, std::size_t slot, Outcome outcome) {
    const unsigned pair = outcome == Outcome::pass ? life.key.slots[slot].published()->number : 0;
    record_look(life.key.slots[slot], {{outcome, "", "", "", {}}, pair}, life.now);
}

bool fails(const Rehearsal& life, std::size_t slot) {
    return is_failing(life.key.slots[slot].check, life.policy);
}

}  // namespace

TEST_CASE("Both slots of an active key are looked at once a day, the one that signs included") {
    Rehearsal life = active_life();
    for (int days = 2; days < 20; ++days) {
        life.run_until(days * day);
        for (const Slot& slot : life.key.slots) CHECK(life.now - slot.check.last->checked_at <= day);
    }
}

TEST_CASE("What does not sign, or cannot be seen yet, is not watched; and no policy needs a watch") {
    Rehearsal life;
    life.settle();
    CHECK_FALSE(watch_due(life.key, life.key.slots[0], life.policy, life.now));
    life.activate();
    CHECK(watch_due(life.key, life.key.slots[0], life.policy, life.now));
    life.policy.watch = Duration(0);
    CHECK_FALSE(watch_due(life.key, life.key.slots[0], life.policy, life.now));
    life.policy.watch = day;
    life.key.slots[1].pairs[0].visible_at.reset();
    CHECK_FALSE(watch_due(life.key, life.key.slots[1], life.policy, life.now));
    life.key.revoked_at = life.now;
    CHECK_FALSE(watch_due(life.key, life.key.slots[0], life.policy, life.now));
}

TEST_CASE("Keys are looked at at different times of the day, and after an outage not all at once") {
    Rehearsal life = active_life();
    std::set<Duration> hours;
    int at_once = 0;
    for (int number = 0; number < 2400; ++number) {
        life.key.id = "k" + std::to_string(number);
        const Timestamp due = watch_due(life.key, life.key.slots[0], life.policy, life.now).value();
        hours.insert(std::chrono::floor<std::chrono::hours>((due - life.now) % day));
        const Timestamp later = life.now + 10 * day;
        const Timestamp late = watch_due(life.key, life.key.slots[0], life.policy, later).value();
        CHECK(late <= later + day);
        at_once += late <= later;
    }
    CHECK(hours.size() == 24);
    CHECK(at_once > 50);
    CHECK(at_once < 200);
}

TEST_CASE("A failure counts after three looks over half an hour, and a pass at once") {
    Rehearsal life = active_life();
    for (const Duration at : {5 * day, 5 * day + 20 * minute}) {
        life.at(at);
        look(life, 1, Outcome::fail);
        look(life, 1, Outcome::fail);
        CHECK_FALSE(fails(life, 1));  // four looks by now, but not over half an hour
    }
    life.at(5 * day + 30 * minute);
    look(life, 1, Outcome::fail);
    CHECK(fails(life, 1));
    look(life, 1, Outcome::unknown);
    CHECK(fails(life, 1));
    look(life, 1, Outcome::pass);
    CHECK_FALSE(fails(life, 1));
    look(life, 1, Outcome::fail);
    CHECK_FALSE(fails(life, 1));  // a new run
    CHECK(life.key.slots[1].check.failed_looks == 1);
}

TEST_CASE("Two looks that failed long apart do not count, and none that could not tell") {
    Rehearsal life = active_life();
    for (int i = 0; i < 20; ++i) {
        life.at(5 * day + i * hour);
        look(life, 1, i == 3 || i == 15 ? Outcome::fail : Outcome::unknown);
    }
    CHECK_FALSE(fails(life, 1));
    CHECK(life.key.slots[1].check.failed_looks == 2);
}

TEST_CASE("Who fails is looked at again soon, and later more rarely") {
    Rehearsal life = active_life();
    life.at(5 * day);
    look(life, 0, Outcome::fail);
    CHECK(watch_due(life.key, life.key.slots[0], life.policy, life.now) == life.now + life.policy.recheck);
    for (int i = 0; i < 4; ++i) {
        life.now += life.policy.recheck;
        look(life, 0, Outcome::fail);
    }
    CHECK(watch_due(life.key, life.key.slots[0], life.policy, life.now) == life.now + life.policy.recheck);
    life.now += 20 * day;
    look(life, 0, Outcome::fail);
    CHECK(watch_due(life.key, life.key.slots[0], life.policy, life.now) == life.now + 6 * hour);
}

TEST_CASE("A warning begins with the look by which a failure counts, and ends with the first pass") {
    Rehearsal life = active_life();
    std::vector<std::string> told;
    const auto look_by_step = [&](Outcome outcome) {
        SlotLook found{{outcome, "cname-missing", "there is no CNAME", "publish it", {}}, 2};
        Finds finds;
        finds.look = found;
        const Step step{Action::verify, life.now, 1, 0, "the watch", true};
        const Change change = make_change(life.key, step, std::move(finds), life.policy, life.now);
        for (const Event& event : change.also) told.push_back(event.action + " " + event.detail);
        CHECK_FALSE(change.moves_serial);
        life.key = change.key;
        life.now += 20 * minute;
    };
    for (const Outcome outcome : {Outcome::fail, Outcome::fail}) look_by_step(outcome);
    CHECK(told.empty());
    for (const Outcome outcome : {Outcome::fail, Outcome::fail, Outcome::unknown}) look_by_step(outcome);
    CHECK(told == std::vector<std::string>{"warning s2: cname-missing: there is no CNAME"});
    for (const Outcome outcome : {Outcome::pass, Outcome::pass, Outcome::fail}) look_by_step(outcome);
    CHECK(told.size() == 2);
    CHECK(told.back() == "recovered s2 is seen to be right again");
}

TEST_CASE("A failing look right before the switch postpones it without a hold, until it counts") {
    Rehearsal life = active_life();
    life.run_until(30 * day - hour);
    life.customer = Outcome::fail;
    life.run_until(30 * day + minute);
    CHECK(life.signer() == "s1");
    CHECK_FALSE(hold_of(life.key, life.policy, {}, life.now));
    life.run_until(30 * day + hour);
    CHECK(hold_of(life.key, life.policy, {}, life.now));
    life.customer = Outcome::pass;
    life.run_until(32 * day);
    CHECK(life.signer() == "s2");
}

TEST_CASE("One look that failed is no hold, but caches get their time to forget what it saw") {
    Rehearsal life = active_life();
    life.run_until(30 * day - hour);
    life.customer = Outcome::fail;
    life.run_until(30 * day + minute);
    life.customer = Outcome::pass;
    life.run_until(30 * day + 20 * hour);
    CHECK_FALSE(hold_of(life.key, life.policy, {}, life.now));
    CHECK(life.signer() == "s1");
    const auto expected = forecast(life.key, life.policy, {}, life.now);
    CHECK(expected->sign_at == *life.key.slots[1].check.passing_since + day);
    CHECK(expected->why == "caches may remember that s2._domainkey.acme.example was wrong");
    life.run_until(31 * day + hour);
    CHECK(life.signer() == "s2");
}

TEST_CASE("Findings are kept within bounds, and cut between characters") {
    Finding finding{Outcome::fail, "a", std::string(10000, 'x'), "", {}};
    finding.evidence.assign(1000, std::string(299, 'e') + "ä");
    finding.evidence[1] = "two\nlines";
    finding.candidates.assign(100, "c");
    const Finding kept = bounded(finding);
    CHECK(kept.evidence.size() == most_evidence_lines);
    CHECK(kept.evidence[0] == std::string(299, 'e'));
    CHECK(kept.evidence[1] == "two lines");
    CHECK(kept.candidates.size() == most_candidates);
    CHECK(kept.detail.size() == most_text_octets);
    finding.outcome = Outcome::pass;
    CHECK_FALSE(bounded(finding).evidence.empty());  // odd: there is a cause
    finding.cause.clear();
    CHECK(bounded(finding).evidence.empty());
}

}  // namespace custdkim::test
