#include "base/clock.hpp"

#include <catch2/catch.hpp>
#include <thread>

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

TEST_CASE("Time that passes on a simulated clock is uptime, and being set is not") {
    SimulatedClock clock(start, "first boot");
    clock.advance(1h);
    CHECK(clock.read() == ClockReading{start + 1h, 1h, "first boot"});
    clock.set(start);
    CHECK(clock.read() == ClockReading{start, 1h, "first boot"});
}

TEST_CASE("Who reads a simulated clock while it advances sees no step") {
    SimulatedClock clock(start);
    std::thread mover([&clock] {
        for (int i = 0; i < 10'000; ++i) clock.advance(24h);
    });
    bool stepped = false;
    for (int i = 0; i < 10'000; ++i) {
        const ClockReading reading = clock.read();
        stepped = stepped || reading.now - start != reading.uptime;
    }
    mover.join();
    CHECK_FALSE(stepped);
}

TEST_CASE("The system's clock tells a time of this century") {
    const SystemClock clock;
    CHECK(clock.now() > Timestamp(std::chrono::sys_days(std::chrono::year(2024) / 1 / 1)));
    CHECK(clock.now() < Timestamp(std::chrono::sys_days(std::chrono::year(2100) / 1 / 1)));
}
