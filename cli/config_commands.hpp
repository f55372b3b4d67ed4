// `custdkim check-config` and `pdns-config`: what a configuration says, without a service.
#pragma once

#include <filesystem>
#include <string>

namespace custdkim::cli {

inline constexpr const char* usual_config = "/etc/custdkim/custdkim.toml";

struct CheckConfigOptions {
    std::filesystem::path config = usual_config;
    bool json = false;
};

struct PdnsConfigOptions {
    std::filesystem::path config = usual_config;
    std::string connector = "unix";
    std::filesystem::path output;  // "": standard output
    bool json = false;
};

// Each returns the exit code.
int check_config(const CheckConfigOptions& options);
int print_pdns_config(const PdnsConfigOptions& options);

}  // namespace custdkim::cli
