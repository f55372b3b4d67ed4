// Worlds for tests: small enough to simulate dozens of them, long enough for every key to rotate a few times.
#pragma once

#include <catch2/catch.hpp>

#include "base/log.hpp"
#include "lab/simulation/simulate.hpp"
#include "tests/support/source_dir.hpp"

namespace custdkim::lab::test {

inline constexpr Duration day = std::chrono::days(1);

inline SimulationSettings small_worlds(std::uint64_t seeds) {
    set_log_level(LogLevel::none);
    SimulationSettings settings;
    settings.size = {1, 8, 200 * day};
    settings.seeds = seeds;
    settings.shrinks = false;
    return settings;
}

inline LabPolicy policy_file(const std::string& name) {
    return read_lab_policy(source_dir() + "/lab/simulation/policies/" + name).value();
}

}  // namespace custdkim::lab::test
