// From the configuration to the settings of key zones.
#pragma once

#include "base/result.hpp"
#include "service/config.hpp"
#include "zone/key_zone.hpp"

namespace custdkim {

std::vector<dns::Name> zone_names(const Config& config);      // of the key zones
std::vector<dns::Name> all_zone_names(const Config& config);  // of those, then of the static zones

// Reads the zone's static records.
Result<ZoneSettings> zone_settings(const ZoneConfig& config);

}  // namespace custdkim
