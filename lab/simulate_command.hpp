// `custdkim-lab simulate`: options as typed, to a report on stdout. Exit codes: 0 nothing was lost through
// our fault and no invariant broken, 1 otherwise, 2 wrong usage.
#pragma once

#include <cstdint>
#include <string>

namespace custdkim::lab {

struct SimulateOptions {
    std::uint32_t keys = 50;
    std::uint32_t days = 365;
    std::uint64_t seed = 1;
    std::uint64_t seeds = 1;
    std::string policy_file;
    std::string faults = "all";
    std::string mutation = "none";
    double messages_per_day = 1;
    bool json = false;
};

int simulate_command(const SimulateOptions& options);

}  // namespace custdkim::lab
