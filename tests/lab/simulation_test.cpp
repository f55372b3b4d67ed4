// The simulator: our policy loses nothing in worlds where everything goes wrong, and what is broken on
// purpose is found.
#include "lab/simulation/simulate.hpp"

#include <catch2/catch.hpp>

#include "base/log.hpp"

namespace custdkim::test {

using namespace custdkim::lab;

namespace {

SimulationSettings worlds(std::uint64_t seeds, KeyNumber keys = 10) {
    set_log_level(LogLevel::none);
    SimulationSettings settings;
    settings.size = {1, keys, std::chrono::days(200)};
    settings.seeds = seeds;
    return settings;
}

SimulationSettings until_trouble(std::uint64_t seeds) {
    SimulationSettings settings = worlds(seeds);
    settings.stops_at_trouble = true;
    settings.shrinks = false;
    return settings;
}

std::string show(const Simulation& simulation) {
    const Tally& tally = simulation.tally;
    if (!tally.violations.empty()) {
        const Violation& first = tally.violations.front();
        return "seed " + std::to_string(first.seed) + ": " + first.invariant + ": " + first.what;
    }
    return tally.lost.empty()
               ? ""
               : "seed " + std::to_string(tally.lost.front().seed) + ": " + tally.lost.front().why;
}

}  // namespace

TEST_CASE("With all faults on, no message is lost through our fault") {
    const Simulation simulation = simulate(worlds(30));
    INFO(show(simulation));
    CHECK(simulation.tally.lost_ours == 0);
    CHECK(simulation.tally.violation_count == 0);
    CHECK(simulation.tally.signing_moves > 800);
    CHECK(simulation.tally.messages > 30000);
}

TEST_CASE("Nor with the watch on") {
    SimulationSettings settings = worlds(8);
    settings.policy.rotation.watch = std::chrono::days(1);
    const Simulation watched = simulate(settings);
    INFO(show(watched));
    CHECK(watched.tally.is_clean());
    CHECK(watched.tally.commits > 10 * simulate(worlds(8)).tally.commits / 4);
}

TEST_CASE("Nor with three slots, nor with placeholders, nor with revoked records") {
    SimulationSettings settings = worlds(8);
    settings.policy.rotation.slots = 3;
    settings.policy.rotation.retired = RetiredRecord::revoke;
    const Simulation three = simulate(settings);
    INFO(show(three));
    CHECK(three.tally.is_clean());
    settings = worlds(8);
    settings.policy.rotation.alternate_at_creation = AlternateAtCreation::placeholder;
    const Simulation placeholder = simulate(settings);
    INFO(show(placeholder));
    CHECK(placeholder.tally.is_clean());
}

TEST_CASE("Without faults nothing is lost at all, and no order is needed") {
    SimulationSettings settings = worlds(5);
    settings.faults.clear();
    const Simulation simulation = simulate(settings);
    CHECK(simulation.tally.is_clean());
    CHECK(simulation.tally.lost_customers == 0);
    CHECK(simulation.tally.lost_by_order == 0);
    CHECK(simulation.tally.verified * 100 > simulation.tally.messages * 99);  // the rest is still under way
}

TEST_CASE("The same seed is the same world") {
    const Simulation one = simulate(worlds(2)), other = simulate(worlds(2));
    CHECK(one.tally.messages == other.tally.messages);
    CHECK(one.tally.commits == other.tally.commits);
    CHECK(one.tally.lost_customers == other.tally.lost_customers);
}

TEST_CASE("Each invariant that is broken on purpose is found within 100 seeds") {
    const Mutation mutation = GENERATE(from_range(all_mutations.begin(), all_mutations.end()));
    CAPTURE(to_string(mutation), invariant_of(mutation));
    SimulationSettings settings = until_trouble(100);
    settings.mutation = mutation;
    const Simulation simulation = simulate(settings);
    REQUIRE(simulation.tally.violation_count > 0);
    const auto& violations = simulation.tally.violations;
    CHECK(std::any_of(violations.begin(), violations.end(), [&](const Violation& violation) {
        return violation.invariant == invariant_of(mutation);
    }));
}

}  // namespace custdkim::test
