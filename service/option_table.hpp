// The options, one row each: how a TOML value becomes a member of Config. Private to service/.
#pragma once

#include <toml++/toml.h>
#include <functional>
#include <span>
#include <string_view>

#include "service/config.hpp"

namespace custdkim {

// Where a value goes: into the configuration, and for [[zone]], [[static_zone]] and [[webhook]] into the one
// under way.
struct OptionTarget {
    Config& config;
    ZoneConfig* zone;
    StaticZoneConfig* static_zone;
    WebhookConfig* webhook;
    RotationPolicy* rotation;                // of all zones, or of that one
    const std::filesystem::path& directory;  // of the file
};

struct Option {
    std::string_view section;
    std::string_view name;
    Result<void> (*set)(const toml::node& value, const OptionTarget& target);
};

std::span<const Option> option_table();

}  // namespace custdkim
