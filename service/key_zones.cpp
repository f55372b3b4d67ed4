#include "service/key_zones.hpp"

#include "dns/zone_file.hpp"

namespace custdkim {

std::vector<dns::Name> zone_names(const Config& config) {
    std::vector<dns::Name> names;
    for (const ZoneConfig& zone : config.zones) names.push_back(zone.name);
    return names;
}

std::vector<dns::Name> all_zone_names(const Config& config) {
    std::vector<dns::Name> names = zone_names(config);
    for (const StaticZoneConfig& zone : config.static_zones) names.push_back(zone.name);
    return names;
}

Result<ZoneSettings> zone_settings(const ZoneConfig& config) {
    ZoneSettings settings;
    settings.name = config.name;
    settings.nameservers = config.nameservers;
    settings.hostmaster = config.hostmaster;
    settings.ttl_seconds = static_cast<std::uint32_t>(config.ttl.count());
    settings.negative_ttl_seconds = static_cast<std::uint32_t>(config.negative_ttl.count());
    if (config.records.empty()) return settings;
    auto records = dns::read_zone_file(config.records, config.name, settings.ttl_seconds);
    if (!records) return records.error();
    settings.records = std::move(*records);
    return settings;
}

}  // namespace custdkim
