#include "activation/rules.hpp"

#include <array>
#include <iterator>
#include <set>
#include <sstream>

namespace custdkim::activation {

namespace {

// What hides everything else comes first; what is only odd, last.
constexpr std::array tables{second_hand_rules, server_rules, conflict_rules, agreement_rules,
                            timing_rules,      dnssec_rules, target_rules,   type_rules,
                            text_rules,        data_rules,   missing_rules,  harmless_rules};

}  // namespace

std::optional<Diagnosis> diagnose(const Evidence& evidence) {
    for (const auto table : tables) {
        // A resolver's trouble is none of the name servers'.
        if (evidence.is_second_hand && table == server_rules) continue;
        for (const Rule& rule : table()) {
            if (auto found = rule.find(evidence)) return found;
        }
    }
    return std::nullopt;
}

std::vector<std::string> known_causes() {
    std::set<std::string> causes;
    for (const auto table : tables) {
        for (const Rule& rule : table()) {
            std::istringstream words(rule.causes);
            causes.insert(std::istream_iterator<std::string>(words), {});
        }
    }
    return {causes.begin(), causes.end()};
}

}  // namespace custdkim::activation
