#include "lab/serving/lab_clock.hpp"

#include <catch2/catch.hpp>

namespace custdkim::lab {

namespace {

constexpr Timestamp start = std::chrono::sys_days(std::chrono::year(2026) / 1 / 1);

// A machine's time, moved by hand.
struct Machine {
    std::chrono::steady_clock::time_point now{};
    PacedClock::Steady look() {
        return [this] { return now; };
    }
};

}  // namespace

TEST_CASE("A frozen clock moves only when told to") {
    Machine machine;
    PacedClock clock(start, 0, machine.look());
    machine.now += std::chrono::hours(5);
    CHECK(clock.now() == start);
    CHECK(clock.kind() == "frozen");
    CHECK(clock.advance(std::chrono::days(25)).value() == 0);
    CHECK(clock.now() == start + std::chrono::days(25));
    CHECK(clock.read().uptime == std::chrono::days(25));
}

TEST_CASE("An accelerated clock passes its rate in each second, and can be moved as well") {
    Machine machine;
    PacedClock clock(start, 3600, machine.look());
    machine.now += std::chrono::milliseconds(500);
    CHECK(clock.now() == start + std::chrono::minutes(30));
    CHECK(clock.kind() == "accelerated");
    CHECK(clock.advance(std::chrono::hours(1)).has_value());
    CHECK(clock.now() == start + std::chrono::minutes(90));
    machine.now += std::chrono::seconds(2);
    CHECK(clock.now() == start + std::chrono::minutes(210));
}

TEST_CASE("The system's clock is not moved, and the refusal says what to do") {
    const SimulatedClock system(start);
    SystemLabClock clock(system);
    CHECK(clock.now() == start);
    const auto moved = clock.advance(std::chrono::hours(1));
    REQUIRE_FALSE(moved.has_value());
    CHECK(moved.error().code == Errc::refused);
    CHECK_THAT(moved.error().detail,
               Catch::Contains("runs on the system's clock") && Catch::Contains("frozen"));
}

}  // namespace custdkim::lab
