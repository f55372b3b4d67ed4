// Keys as text for people.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>

#include "usage/table.hpp"

namespace custdkim::cli {

// The key with what the customer has to publish.
std::string key_text(const nlohmann::ordered_json& key);

// A table of keys, one line each.
usage::Rows key_table(const nlohmann::ordered_json& keys);

// What the last look at the customer's DNS found: of each slot, with the name that was looked at.
nlohmann::ordered_json findings_of(const nlohmann::ordered_json& key);

// Such findings, with the evidence or without, and one of them in a line. They were seen in somebody's DNS:
// control characters are not shown.
enum class Evidence { shown, left_out };
std::string findings_text(const nlohmann::ordered_json& findings, Evidence evidence);
std::string finding_line(const nlohmann::ordered_json& finding);

}  // namespace custdkim::cli
