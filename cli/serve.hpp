// `custdkim serve`, `check-config` and `pdns-config`: the verbs that read the configuration.
#pragma once

#include <filesystem>

namespace custdkim::cli {

// Each returns the exit code.
int serve(const std::filesystem::path& config_file);
int check_config(const std::filesystem::path& config_file);
int print_pdns_config(const std::filesystem::path& config_file);

}  // namespace custdkim::cli
