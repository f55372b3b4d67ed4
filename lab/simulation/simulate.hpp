// Simulates worlds, one seed after the other, adds them up, and shrinks the first trouble that is found.
#pragma once

#include <functional>
#include <optional>

#include "lab/simulation/lab_policy.hpp"
#include "lab/simulation/shrink.hpp"

namespace custdkim::lab {

struct SimulationSettings {
    LabPolicy policy;
    WorldSize size;
    std::uint64_t seeds = 1;  // from size.seed on
    FaultKinds faults{all_fault_kinds.begin(), all_fault_kinds.end()};
    double messages_per_day = 1;
    Mutation mutation = Mutation::none;
    bool shrinks = true;
    bool stops_at_trouble = false;  // with the first seed that shows any
    // The seed that is simulated, the moment in its world, and what there was so far.
    std::function<void(std::uint64_t seed, TrueTime at, const Tally& so_far)> progress;
};

struct Simulation {
    Tally tally;
    std::optional<Counterexample> counterexample;
};

Simulation simulate(const SimulationSettings& settings);

// One world of them.
WorldSettings world_settings(const SimulationSettings& settings, std::uint64_t seed);
std::vector<Fault> fault_plan(const SimulationSettings& settings, std::uint64_t seed);

}  // namespace custdkim::lab
