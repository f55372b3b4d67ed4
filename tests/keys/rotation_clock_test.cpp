// R7: the clock is a fact to be doubted.
#include "rehearsal.hpp"

namespace custdkim::test {

namespace {

ClockReading reading(Duration now, Duration uptime, const std::string& boot = "b") {
    return {new_year() + now, uptime, boot};
}

}  // namespace

TEST_CASE("Time that passes is no jump, nor is what an adjusted clock drifts by") {
    ClockRecord record{reading(Duration(0), Duration(100)), {}};
    record = observe(record, reading(day, Duration(100) + day));
    record = observe(record, reading(31 * day + std::chrono::minutes(20), Duration(100) + 31 * day));
    CHECK(record.steps.empty());
}

TEST_CASE("A jump forward is kept, and no wait gains by it") {
    ClockRecord record{reading(Duration(0), Duration(0)), {}};
    record = observe(record, reading(10 * day + hour, hour));
    REQUIRE(record.steps == ClockSteps{{new_year() + 10 * day + hour, 10 * day}});
    const Timestamp start = new_year();
    CHECK(after(start, 5 * day, record.steps) == start + 15 * day);
    CHECK(after(start, Duration(1800), record.steps) == start + Duration(1800));  // it was over before
    CHECK(after(start + 11 * day, 5 * day, record.steps) == start + 16 * day);    // it began after
}

TEST_CASE("What never begins is never over") {
    CHECK(after(Timestamp::max(), day, {{new_year(), hour}}) == Timestamp::max());
}

TEST_CASE("A jump that is taken back is forgotten") {
    ClockRecord record{reading(Duration(0), Duration(0)), {}};
    record = observe(record, reading(10 * day, hour));
    record = observe(record, reading(2 * hour, 2 * hour));
    CHECK(record.steps.empty());
}

TEST_CASE("Of a jump that is taken back in part the rest is remembered") {
    ClockRecord record{reading(Duration(0), Duration(0)), {}};
    record = observe(record, reading(400 * day, hour));
    record = observe(record, reading(370 * day, 2 * hour));
    REQUIRE(record.steps.size() == 1);
    CHECK(record.steps[0].at == new_year() + 370 * day);
    CHECK(record.steps[0].by == 370 * day - 2 * hour);
    record = observe(record, reading(400 * day, 3 * hour));
    CHECK(after(new_year(), 5 * day, record.steps) == new_year() + 405 * day - 3 * hour);
}

TEST_CASE("Across a start of the machine nothing can be compared") {
    ClockRecord record{reading(Duration(0), 5 * day), {}};
    record = observe(record, reading(10 * day, hour, "another"));
    CHECK(record.steps.empty());
}

TEST_CASE("The record of the clock survives being stored") {
    const ClockRecord record{reading(day, hour), {{new_year(), day}, {new_year() + day, hour}}};
    CHECK(parse_clock_record(serialize(record)).value() == record);
    CHECK(parse_clock_record("nonsense").error().code == Errc::corrupt);
}

TEST_CASE("A clock that jumps forward does not make a pair sign before its time") {
    Rehearsal life;
    life.settle();
    life.activate();
    life.run_until(26 * day);
    life.at(46 * day);
    life.clock = {{life.now, 20 * day}};
    life.settle();
    CHECK(life.signer() == "s1");
    life.run_until(49 * day);
    CHECK(life.signer() == "s1");
    life.run_until(51 * day);
    CHECK(life.signer() == "s2");
}

TEST_CASE("A clock that steps back repeats nothing") {
    Rehearsal life;
    life.settle();
    life.activate();
    life.run_until(31 * day);
    const auto done = life.history;
    life.at(24 * day);
    life.settle();
    CHECK(life.signer() == "s2");
    auto later = done;
    later.push_back("24d mend ");
    CHECK(life.history == later);
    life.run_until(48 * day);
    CHECK(life.history == later);
    life.run_until(55 * day);  // the cycle is counted from what is known for sure
    later.insert(later.end(), {"49d publish s1", "54d sign s1"});
    CHECK(life.history == later);
}

TEST_CASE("A small step back is waited out") {
    Rehearsal life;
    life.settle();
    life.activate();
    life.at(-std::chrono::minutes(5));
    CHECK(next_rotation_step(life.key, life.policy, {}, life.now)->action == Action::publish);
}

}  // namespace custdkim::test
