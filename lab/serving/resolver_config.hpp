// The configuration of `custdkim-lab resolver`: one TOML file. Every option has a row in the table of
// resolver_options.cpp, and docs/custdkim-lab.toml explains each; what is not in the table is refused.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "base/time.hpp"
#include "dns/server_address.hpp"
#include "lab/internet/internet.hpp"
#include "lab/serving/forwarded_key_zones.hpp"

namespace custdkim::lab {

enum class ClockKind { system, frozen, accelerated };

struct ResolverConfig {
    std::vector<dns::ServerAddress> listen;  // one port for all
    bool allow_any_address = false;
    std::optional<dns::ServerAddress> upstream;
    bool has_authority = false;  // name servers with sockets
    std::string network = AddressPlan().network;
    std::uint16_t authority_port = 53;
    unsigned customer_servers = AddressPlan().customer_servers;
    bool only_infrastructure = false;  // the customers' name servers are somebody else's
    std::vector<ForwardedZone> key_zones;
    std::string service_api;  // empty: there is none to find keys in
    std::filesystem::path service_token_file;
    dns::ServerAddress control;
    bool allow_any_control_address = false;
    std::filesystem::path control_token_file;
    ClockKind clock = ClockKind::system;
    std::optional<Timestamp> start;  // nothing: now
    double rate = 1;
    std::filesystem::path catalogue;  // empty: the misconfigurations that come with the program
};

// Either a configuration without problems, or every problem that was found, each as "FILE:LINE: sentence".
struct ResolverConfigOutcome {
    std::optional<ResolverConfig> config;
    std::vector<std::string> problems;
};

// Relative paths in the file are relative to its directory.
ResolverConfigOutcome read_resolver_config(const std::filesystem::path& file);
ResolverConfigOutcome read_resolver_config_text(std::string_view text, const std::filesystem::path& file);

}  // namespace custdkim::lab
