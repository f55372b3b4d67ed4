#include "lab/simulation/simulate.hpp"

namespace custdkim::lab {

WorldSettings world_settings(const SimulationSettings& settings, std::uint64_t seed) {
    WorldSettings world;
    world.size = settings.size;
    world.size.seed = seed;
    world.messages_per_day = settings.messages_per_day;
    world.policy = settings.policy.rotation;
    world.peer = settings.policy.peer;
    world.mutation = settings.mutation;
    return world;
}

std::vector<Fault> fault_plan(const SimulationSettings& settings, std::uint64_t seed) {
    WorldSize size = settings.size;
    size.seed = seed;
    return draw_faults(size, settings.faults, settings.policy.rotation.interval);
}

Simulation simulate(const SimulationSettings& settings) {
    Simulation simulation;
    std::optional<std::pair<std::uint64_t, Trouble>> found;
    // Others never promised our invariants: of them a lost message says more.
    const Stop what_counts = settings.policy.peer ? Stop::loss : Stop::trouble;
    for (std::uint64_t i = 0; i < settings.seeds; ++i) {
        const std::uint64_t seed = settings.size.seed + i;
        WorldSettings world = world_settings(settings, seed);
        if (settings.progress) {
            world.progress = [&](TrueTime at) { settings.progress(seed, at, simulation.tally); };
        }
        const Tally tally = World(std::move(world), fault_plan(settings, seed)).run();
        simulation.tally.add(tally);
        if (!found) {
            if (auto trouble = first_trouble(tally, what_counts)) found.emplace(seed, std::move(*trouble));
        }
        if (found && settings.stops_at_trouble) break;
    }
    if (found && settings.shrinks) {
        simulation.counterexample =
            shrink(world_settings(settings, found->first), fault_plan(settings, found->first), found->second);
    }
    return simulation;
}

}  // namespace custdkim::lab
