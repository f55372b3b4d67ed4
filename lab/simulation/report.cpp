#include "lab/simulation/report.hpp"

#include <nlohmann/json.hpp>
#include <sstream>

namespace custdkim::lab {

namespace {

using Json = nlohmann::ordered_json;

constexpr std::size_t most_lines = 40;      // of a history
constexpr std::size_t most_violations = 5;  // in the text

std::string fault_names(const SimulationSettings& settings) {
    std::string names;
    for (const FaultKind kind : settings.faults)
        names += (names.empty() ? "" : ",") + std::string(to_string(kind));
    return names.empty() ? "none" : names;
}

void row(std::ostringstream& out, const std::string& what, const std::string& value) {
    out << "  " << what << std::string(what.size() < 44 ? 44 - what.size() : 1, ' ') << value << '\n';
}

void row(std::ostringstream& out, const std::string& what, std::uint64_t value) {
    row(out, what, std::to_string(value));
}

std::string who(std::uint32_t key) { return key == everybody ? "the world" : "key " + std::to_string(key); }

void tell_counterexample(std::ostringstream& out, const Counterexample& found) {
    out << "\nShortest history found (" << found.runs << " runs), seed " << found.seed << ", "
        << who(found.trouble.key) << ":\n";
    const std::size_t skipped = found.history.size() > most_lines ? found.history.size() - most_lines : 0;
    if (skipped > 0) out << "  ... " << skipped << " lines before\n";
    for (std::size_t i = skipped; i < found.history.size(); ++i) out << "  " << found.history[i] << '\n';
    out << "  " << show_true_time(found.trouble.at) << "  " << found.trouble.invariant << ": "
        << found.trouble.what << '\n';
    if (found.lost) {
        out << "Message lost: signed " << show_true_time(found.lost->signed_at) << " in "
            << found.lost->selector << ", verified " << show_true_time(found.lost->verified_at) << ": "
            << found.lost->why << '\n';
    } else {
        out << "Message lost: none that was sampled\n";
    }
}

Json message_json(const LostMessage& message) {
    return {{"seed", message.seed},
            {"key", message.key},
            {"selector", message.selector},
            {"signed_at_seconds", message.signed_at.count()},
            {"verified_at_seconds", message.verified_at.count()},
            {"why", message.why}};
}

Json counterexample_json(const Counterexample& found) {
    Json json{{"seed", found.seed},
              {"invariant", found.trouble.invariant},
              {"at_seconds", found.trouble.at.count()},
              {"what", found.trouble.what},
              {"history", found.history}};
    if (found.trouble.key != everybody) json["key"] = found.trouble.key;
    Json faults = Json::array();
    for (const Fault& fault : found.faults)
        faults.push_back(show_true_time(fault.at) + "  " + describe(fault));
    json["faults"] = faults;
    if (found.lost) json["message"] = message_json(*found.lost);
    return json;
}

}  // namespace

std::string report_text(const SimulationSettings& settings, const Simulation& simulation) {
    const Tally& tally = simulation.tally;
    std::ostringstream out;
    out << settings.policy.title << '\n';
    out << "seeds " << settings.size.seed << " to " << settings.size.seed + tally.worlds - 1 << ", "
        << settings.size.keys << " keys, " << show_length(settings.size.length)
        << ", faults: " << fault_names(settings) << "\n\n";
    row(out, "messages", tally.messages);
    row(out, "unverifiable, our fault", tally.lost_ours);
    row(out, "unverifiable, the customer's fault", tally.lost_customers);
    row(out, "unverifiable, given up by an order", tally.lost_by_order);
    row(out, "undelivered, no name server reached", tally.undelivered);
    row(out, "longest exposure of one pair, our fault", show_length(tally.longest_exposure));
    row(out, "moves of signing", tally.signing_moves);
    row(out, "commits", tally.commits);
    for (const auto& [invariant, slack] : tally.slack) {
        row(out, "least slack of " + invariant + ", of " + std::to_string(slack.waits) + " waits",
            show_length(slack.least));
    }
    row(out, "violations", tally.violation_count);
    for (const auto& [invariant, count] : tally.violations_of) row(out, "  of " + invariant, count);
    for (std::size_t i = 0; i < std::min(most_violations, tally.violations.size()); ++i) {
        const Violation& violation = tally.violations[i];
        out << "    seed " << violation.seed << ", " << who(violation.key) << ", "
            << show_true_time(violation.at) << "  " << violation.invariant << ": " << violation.what << '\n';
    }
    if (simulation.counterexample) tell_counterexample(out, *simulation.counterexample);
    return out.str();
}

std::string report_json(const SimulationSettings& settings, const Simulation& simulation) {
    const Tally& tally = simulation.tally;
    Json json{{"policy", settings.policy.title},
              {"source", settings.policy.source},
              {"seed", settings.size.seed},
              {"seeds", tally.worlds},
              {"keys", settings.size.keys},
              {"days", settings.size.length.count() / 86400},
              {"faults", fault_names(settings)},
              {"messages", tally.messages},
              {"lost_ours", tally.lost_ours},
              {"lost_customers", tally.lost_customers},
              {"lost_by_order", tally.lost_by_order},
              {"undelivered", tally.undelivered},
              {"longest_exposure_seconds", tally.longest_exposure.count()},
              {"signing_moves", tally.signing_moves},
              {"commits", tally.commits}};
    Json slack = Json::object();
    for (const auto& [invariant, its] : tally.slack) {
        slack[invariant] = {{"waits", its.waits}, {"least_seconds", its.least.count()}};
    }
    json["slack"] = slack;
    json["violation_count"] = tally.violation_count;
    json["violations_of"] = tally.violations_of;
    Json violations = Json::array();
    for (const Violation& violation : tally.violations) {
        Json entry{{"invariant", violation.invariant},
                   {"seed", violation.seed},
                   {"at_seconds", violation.at.count()},
                   {"what", violation.what}};
        if (violation.key != everybody) entry["key"] = violation.key;
        violations.push_back(std::move(entry));
    }
    json["violations"] = violations;
    Json lost = Json::array();
    for (const LostMessage& message : tally.lost) lost.push_back(message_json(message));
    json["lost"] = lost;
    if (simulation.counterexample) json["counterexample"] = counterexample_json(*simulation.counterexample);
    return json.dump(2) + "\n";
}

}  // namespace custdkim::lab
