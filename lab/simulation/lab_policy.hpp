// A policy file for the simulator: our engine's settings under [rotation], or, under [peer], how others do
// it; with a title, and where that was read. TOML; every problem is one sentence with the line.
#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "keys/policy.hpp"
#include "lab/simulation/peer_planner.hpp"

namespace custdkim::lab {

// The daily looks of the watch move nothing in the rotation, and would be nine tenths of a simulation's
// steps: `watch = "1d"` in a policy file puts them in.
inline RotationPolicy without_watch() {
    RotationPolicy policy;
    policy.watch = Duration(0);
    return policy;
}

struct LabPolicy {
    std::string title = "custdkim's default policy";
    std::string source;
    RotationPolicy rotation = without_watch();
    std::optional<PeerPolicy> peer;
};

Result<LabPolicy> read_lab_policy(const std::filesystem::path& file);
Result<LabPolicy> parse_lab_policy(std::string_view text, const std::string& name);

}  // namespace custdkim::lab
