// `custdkim serve`, `check-config` and `pdns-config`: the verbs that read the configuration.
#pragma once

#include <filesystem>
#include <string>

namespace custdkim::cli {

inline constexpr const char* usual_config = "/etc/custdkim/custdkim.toml";

// Each returns the exit code.
int serve(const std::filesystem::path& config_file);
int check_config(const std::filesystem::path& config_file);

struct PdnsConfigOptions {
    std::filesystem::path config = usual_config;
    std::string connector = "unix";
    std::filesystem::path output;  // "": standard output
};
int print_pdns_config(const PdnsConfigOptions& options);

}  // namespace custdkim::cli
