// What a simulated world came to: messages, losses and whose fault they were, violations, and how much room
// was left. Worlds add up. Plain values.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "lab/simulation/true_time.hpp"

namespace custdkim::lab {

enum class Blame : std::uint8_t { ours, customers, order };

std::string_view to_string(Blame blame);

struct Violation {
    std::string invariant;  // "R1" ... "R10"
    std::uint64_t seed = 0;
    std::uint32_t key = 0;
    TrueTime at{};
    std::string what;
};

struct LostMessage {
    std::uint64_t seed = 0;
    std::uint32_t key = 0;
    Blame blame = Blame::ours;
    TrueTime signed_at{}, verified_at{};
    std::string selector;
    std::string why;  // "caches held that there is no CNAME"
};

// The least that was to spare, over all waits that an invariant asks for; below zero it was broken.
struct Slack {
    std::uint64_t waits = 0;
    Duration least = Duration::max();

    void add(Duration slack) {
        ++waits;
        if (slack < least) least = slack;
    }
};

struct Tally {
    static constexpr std::size_t most_kept = 100;  // of violations, and of lost messages

    std::uint64_t worlds = 0;
    std::uint64_t keys = 0, commits = 0, signing_moves = 0;
    std::uint64_t messages = 0, verified = 0, undelivered = 0;
    std::uint64_t lost_ours = 0, lost_customers = 0, lost_by_order = 0;
    std::uint64_t violation_count = 0;
    std::map<std::string, std::uint64_t> violations_of;  // by invariant
    Duration longest_exposure{};  // from the first to the last message that a pair of one key lost, ours
    std::map<std::string, Slack> slack;  // by invariant
    std::vector<Violation> violations;   // the first ones
    std::vector<LostMessage> lost;       // the first ones, ours

    bool is_clean() const { return lost_ours == 0 && violation_count == 0; }
    void add(Violation violation);
    void add(const Tally& other);
};

}  // namespace custdkim::lab
