// What is wrong with a configuration, told on stderr, a sentence each; with --json as a list, too.
#pragma once

#include <filesystem>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "service/config.hpp"

namespace custdkim::cli {

// [{file, line, message}]; file and line are null where the sentence does not begin with them. `config` is a
// file that sentences may be about as a whole.
nlohmann::ordered_json problems_json(const std::vector<std::string>& problems,
                                     const std::filesystem::path& config);

void tell_problems(const std::vector<std::string>& problems);

// The configuration; or nothing where it has problems, which have been told then, with --json in a problem
// document.
std::optional<Config> load_config(const std::filesystem::path& file, bool json);

}  // namespace custdkim::cli
