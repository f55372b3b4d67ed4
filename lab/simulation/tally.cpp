#include "lab/simulation/tally.hpp"

#include <algorithm>

namespace custdkim::lab {

std::string_view to_string(Blame blame) {
    switch (blame) {
        case Blame::ours: return "ours";
        case Blame::customers: return "the customer's";
        case Blame::order: return "an operator's order";
    }
    return "ours";
}

void Tally::add(Violation violation) {
    ++violation_count;
    ++violations_of[violation.invariant];
    if (violations.size() < most_kept) violations.push_back(std::move(violation));
}

void Tally::add(const Tally& other) {
    worlds += other.worlds;
    keys += other.keys;
    commits += other.commits;
    signing_moves += other.signing_moves;
    messages += other.messages;
    verified += other.verified;
    undelivered += other.undelivered;
    lost_ours += other.lost_ours;
    lost_customers += other.lost_customers;
    lost_by_order += other.lost_by_order;
    violation_count += other.violation_count;
    for (const auto& [invariant, count] : other.violations_of) violations_of[invariant] += count;
    longest_exposure = std::max(longest_exposure, other.longest_exposure);
    for (const auto& [invariant, theirs] : other.slack) {
        Slack& ours = slack[invariant];
        ours.waits += theirs.waits;
        ours.least = std::min(ours.least, theirs.least);
    }
    const auto append = [](auto& to, const auto& from) {
        const std::size_t room = most_kept - std::min(most_kept, to.size());
        to.insert(to.end(), from.begin(),
                  from.begin() + static_cast<std::ptrdiff_t>(std::min(room, from.size())));
    };
    append(violations, other.violations);
    append(lost, other.lost);
}

}  // namespace custdkim::lab
