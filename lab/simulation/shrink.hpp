// The shortest history that still shows what went wrong: the same world with one key, up to the moment, and
// with as few faults as will do. Deterministic; runs the world some hundred times at most.
#pragma once

#include "lab/simulation/world.hpp"

namespace custdkim::lab {

// What went wrong first in a world.
struct Trouble {
    std::string invariant;  // "R2", or "lost" for a message lost through our fault
    std::uint32_t key = everybody;
    TrueTime at{};
    std::string what;
};

// Or the first message that was lost, if only that counts.
std::optional<Trouble> first_trouble(const Tally& tally, Stop stop = Stop::trouble);

struct Counterexample {
    std::uint64_t seed = 0;
    Trouble trouble;
    std::vector<Fault> faults;         // that are left
    std::vector<std::string> history;  // of the shrunk world
    std::optional<LostMessage> lost;   // the first one, if it comes to that within the transit time
    unsigned runs = 0;
};

// Nothing if the world turns out clean.
std::optional<Counterexample> shrink(WorldSettings settings, std::vector<Fault> plan, const Trouble& trouble);

}  // namespace custdkim::lab
