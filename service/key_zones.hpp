// From the configuration to the settings of key zones.
#pragma once

#include "base/result.hpp"
#include "service/config.hpp"
#include "zone/key_zone.hpp"

namespace custdkim {

std::vector<dns::Name> zone_names(const Config& config);

// Reads the zone's static records.
Result<ZoneSettings> zone_settings(const ZoneConfig& config);

}  // namespace custdkim
