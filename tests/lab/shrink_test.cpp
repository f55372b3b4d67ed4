// Counterexamples are short, and still show the trouble.
#include "worlds.hpp"

namespace custdkim::lab::test {

TEST_CASE("Of all faults only those are left that it takes") {
    SimulationSettings settings = small_worlds(20);
    settings.policy = policy_file("microsoft-365.toml");
    settings.shrinks = true;
    const Simulation simulation = simulate(settings);
    REQUIRE(simulation.counterexample);
    CHECK(simulation.counterexample->trouble.invariant == "lost");
    CHECK(simulation.counterexample->faults.size() <= 3);
    CHECK(simulation.counterexample->lost);
    const std::uint64_t seed = simulation.counterexample->seed;
    CHECK(fault_plan(settings, seed).size() > 10);
}

TEST_CASE("A violation is shrunk to a history that still shows it") {
    SimulationSettings settings = small_worlds(1);
    settings.mutation = Mutation::no_wait;
    settings.shrinks = true;
    settings.stops_at_trouble = true;
    const Simulation simulation = simulate(settings);
    REQUIRE(simulation.counterexample);
    CHECK(simulation.counterexample->trouble.invariant == "R2");
    CHECK(simulation.counterexample->faults.size() <= 3);
    CHECK_FALSE(simulation.counterexample->history.empty());
}

TEST_CASE("A clean world has no counterexample") {
    SimulationSettings settings = small_worlds(1);
    settings.shrinks = true;
    CHECK_FALSE(simulate(settings).counterexample);
}

}  // namespace custdkim::lab::test
