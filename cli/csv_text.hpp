// Lists as comma-separated values, for `--csv`.
#pragma once

#include <initializer_list>
#include <nlohmann/json_fwd.hpp>

namespace custdkim::cli {

// A line with the names, then these members of each object. What is no string, null aside, is shown as JSON.
void print_csv(const nlohmann::ordered_json& list, std::initializer_list<const char*> members);

}  // namespace custdkim::cli
