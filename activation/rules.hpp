// From the evidence to a cause. Each rule is one small function that either names the cause it stands for, or
// says nothing; they are asked in the order of the tables, and the first that names one is right. To add a
// cause, add a function and a row in one of activation/rules_*.cpp.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "activation/evidence.hpp"

namespace custdkim::activation {

// What a cause means for the outcome (R5).
enum class Weight {
    fault,   // what is published is wrong, and was seen to be: a fail, even where the world's view is unknown
    unseen,  // why nothing could be seen: leaves an unknown unknown
    harmless,  // odd; does no harm to a pass
};

struct Diagnosis {
    Weight weight = Weight::fault;
    std::string cause;
    std::vector<std::string> also = {};  // look the same from outside
    std::string detail;
    std::string fix;
};

struct Rule {
    const char* causes;  // that it can name, apart by spaces
    std::optional<Diagnosis> (*find)(const Evidence&);
};

// In the order in which they are asked.
std::span<const Rule> second_hand_rules();  // only a resolver could be asked
std::span<const Rule> timing_rules();       // only caches are stale
std::span<const Rule> server_rules();       // nobody answers for the zone, or not as name servers should
std::span<const Rule> conflict_rules();     // records that cannot stand together
std::span<const Rule> agreement_rules();    // the servers do not say the same
std::span<const Rule> dnssec_rules();
std::span<const Rule> target_rules();   // a CNAME, but a wrong one
std::span<const Rule> type_rules();     // not every type is answered
std::span<const Rule> text_rules();     // a TXT in its place
std::span<const Rule> data_rules();     // the name is there, a CNAME is not
std::span<const Rule> missing_rules();  // the name is not there
std::span<const Rule> harmless_rules();

std::optional<Diagnosis> diagnose(const Evidence& evidence);

// Every cause that a rule can name, for documents and tests.
std::vector<std::string> known_causes();

}  // namespace custdkim::activation
