#include "lab/up/service_clock.hpp"

#include <catch2/catch.hpp>
#include <future>

#include "tests/service/service_world.hpp"

using namespace custdkim;
using namespace custdkim::lab;
using custdkim::test::new_year;
using custdkim::test::ServiceWorld;

namespace {

constexpr Duration day = std::chrono::days(1);

void activate(ServiceWorld& world) {
    world.create();
    REQUIRE(world.service->orders().activate("acme.example").has_value());
}

}  // namespace

TEST_CASE("Advancing makes every step at its own time") {
    ServiceWorld world;
    activate(world);
    ServiceClock clock(world.clock, *world.service, 0);
    CHECK(clock.kind() == "frozen");
    world.service->settle();
    // Looks of the watch alone, one a day at each slot; the first within a day and a half.
    const std::uint64_t looks = clock.advance(24 * day).value();
    CHECK((looks >= 46 && looks <= 48));
    CHECK(clock.advance(1 * day).value() == 3 + 2);  // published, seen, verified; two looks
    CHECK(clock.now() == new_year() + 25 * day);
    CHECK(world.key().slots[1].published()->visible_at == new_year() + 25 * day);
    CHECK(world.signer() == "s1");
    CHECK(clock.advance(65 * day).has_value());
    CHECK(clock.now() == new_year() + 90 * day);
    CHECK(world.signer() == "s2");
    CHECK(world.key().slots[0].published()->signing_since == new_year() + 60 * day);
    CHECK(world.key().slots[1].published()->signing_since == new_year() + 90 * day);
}

TEST_CASE("Advancing in one go or in many is the same") {
    ServiceWorld once, often;
    activate(once);
    activate(often);
    ServiceClock one(once.clock, *once.service, 0), many(often.clock, *often.service, 0);
    CHECK(one.advance(100 * day).has_value());
    for (int i = 0; i < 800; ++i) CHECK(many.advance(std::chrono::hours(3)).has_value());
    CHECK(one.now() == many.now());
    for (std::size_t slot = 0; slot < 2; ++slot) {
        const Key a = once.key(), b = often.key();
        CHECK(a.slots[slot].published()->published_at == b.slots[slot].published()->published_at);
        CHECK(a.slots[slot].published()->signing_since == b.slots[slot].published()->signing_since);
    }
}

TEST_CASE("Where time is kept, it is kept before anything is done in it") {
    ServiceWorld world;
    activate(world);
    std::vector<Timestamp> kept;
    ServiceClock clock(world.clock, *world.service, 0, [&](Timestamp moment) {
        CHECK(moment >= world.clock.now());
        kept.push_back(moment);
    });
    CHECK(clock.advance(31 * day).has_value());
    CHECK(std::is_sorted(kept.begin(), kept.end()));
    CHECK(std::find(kept.begin(), kept.end(), new_year() + 25 * day) != kept.end());
    CHECK(kept.back() == new_year() + 31 * day);
}

TEST_CASE("An accelerated clock passes by itself, and what is due is done") {
    ServiceWorld world;
    activate(world);
    std::promise<void> thirty_days;
    bool told = false;
    ServiceClock clock(world.clock, *world.service, 10'000'000, [&](Timestamp moment) {
        if (moment < new_year() + 31 * day || told) return;
        told = true;
        thirty_days.set_value();
    });
    CHECK(clock.kind() == "accelerated");
    thirty_days.get_future().wait();
    CHECK(world.key().slots[1].published()->signing_since == new_year() + 30 * day);
}

TEST_CASE("Two who advance do so one after the other") {
    ServiceWorld world;
    activate(world);
    ServiceClock clock(world.clock, *world.service, 0);
    auto other = std::async(std::launch::async, [&] { return clock.advance(20 * day).has_value(); });
    CHECK(clock.advance(20 * day).has_value());
    CHECK(other.get());
    CHECK(clock.now() == new_year() + 40 * day);
    CHECK(world.key().slots[1].published()->signing_since == new_year() + 30 * day);
}
