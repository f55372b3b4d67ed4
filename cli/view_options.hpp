// What `diagnose` and `lookup` are told about how to see the DNS, as typed: they need no configuration file
// and no daemon.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "service/config.hpp"

namespace custdkim::cli {

struct ViewOptions {
    std::vector<std::string> resolvers;  // ADDR[:PORT]
    std::string root_hints, trust_anchor;
    std::vector<std::string> allow;  // CIDR
    std::string deadline = "8s";
    unsigned port = 53;  // of name servers
    bool json = false;
};

// Refuses what the configuration would refuse, with the option's name.
Result<ActivationConfig> read_view(const ViewOptions& options);

// Text that came from others, fit for a terminal: control characters are written as \DDD.
std::string printable(std::string_view text);

}  // namespace custdkim::cli
