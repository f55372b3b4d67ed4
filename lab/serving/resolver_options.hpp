// The options of `custdkim-lab resolver`, one row each: how a value becomes part of the configuration.
#pragma once

#include <toml++/toml.h>
#include <span>

#include "lab/serving/resolver_config.hpp"

namespace custdkim::lab {

struct ResolverOptionTarget {
    ResolverConfig& config;
    ForwardedZone* zone;  // the [[key_zone]] that is being read
    const std::filesystem::path& directory;
};

struct ResolverOption {
    std::string_view section, name;
    Result<void> (*set)(const toml::node& node, const ResolverOptionTarget& target);
};

std::span<const ResolverOption> resolver_options();

}  // namespace custdkim::lab
