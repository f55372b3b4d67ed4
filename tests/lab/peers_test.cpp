// Other people's policies in the worlds that ours gets through.
#include <filesystem>

#include "tests/support/source_dir.hpp"
#include "worlds.hpp"

namespace custdkim::lab::test {

namespace {

std::uint64_t lost_by(const std::string& name, const FaultKinds& faults) {
    SimulationSettings settings = small_worlds(10);
    settings.policy = policy_file(name);
    settings.faults = faults;
    settings.stops_at_trouble = true;  // with the first seed that loses a message
    return simulate(settings).tally.lost_ours;
}

const FaultKinds all(all_fault_kinds.begin(), all_fault_kinds.end());

}  // namespace

TEST_CASE("Every policy of others loses mail in the same bad worlds") {
    int peers = 0;
    for (const auto& file : std::filesystem::directory_iterator(source_dir() + "/lab/simulation/policies")) {
        const std::string name = file.path().filename().string();
        INFO(name);
        const LabPolicy policy = policy_file(name);
        CHECK_FALSE(policy.title.empty());
        CHECK_FALSE(policy.source.empty());
        CHECK((lost_by(name, all) > 0) == policy.peer.has_value());
        if (policy.peer) ++peers;
    }
    CHECK(peers == 7);
}

TEST_CASE("A lead of five days, and nothing withdrawn, is safe as long as nothing goes wrong") {
    CHECK(lost_by("salesforce-30-25.toml", {}) == 0);
    CHECK(lost_by("salesforce-30-25-withdrawn.toml", {}) > 0);
    CHECK(lost_by("salesforce-30-25.toml", {FaultKind::silent_publication}) > 0);
}

TEST_CASE("Who rotates without looking at the second CNAME loses what customers break") {
    CHECK(lost_by("microsoft-365.toml", {FaultKind::customers}) > 0);
    CHECK(lost_by("custdkim-default.toml", {FaultKind::customers}) == 0);
}

}  // namespace custdkim::lab::test
