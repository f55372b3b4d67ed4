#include "base/clock.hpp"

#include <catch2/catch.hpp>

using namespace custdkim;
using namespace std::chrono_literals;

namespace {

const Timestamp start{Duration(1'800'000'000)};

}  // namespace

TEST_CASE("A simulated clock stands still until it is told to move") {
    SimulatedClock clock(start);
    CHECK(clock.now() == start);
    CHECK(clock.now() == start);
    clock.advance(25 * 24h);
    CHECK(clock.now() == start + 25 * 24h);
}

TEST_CASE("A simulated clock can be set, back as well as forward") {
    SimulatedClock clock(start);
    clock.set(start + 1h);
    CHECK(clock.now() == start + 1h);
    clock.set(start - 1h);
    CHECK(clock.now() == start - 1h);
    clock.advance(-1h);
    CHECK(clock.now() == start - 2h);
}

TEST_CASE("The system's clock tells a time of this century") {
    const SystemClock clock;
    CHECK(clock.now() > Timestamp(std::chrono::sys_days(std::chrono::year(2024) / 1 / 1)));
    CHECK(clock.now() < Timestamp(std::chrono::sys_days(std::chrono::year(2100) / 1 / 1)));
}
