// Keys as text for people.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>

namespace custdkim::cli {

// The key with what the customer has to publish.
std::string key_text(const nlohmann::ordered_json& key);

// A table of keys, one line each.
std::string key_table(const nlohmann::ordered_json& keys);

// What the last look at the customer's DNS found, slot by slot.
std::string findings_text(const nlohmann::ordered_json& key);

// The audit log, one line each.
std::string event_table(const nlohmann::ordered_json& events);

}  // namespace custdkim::cli
