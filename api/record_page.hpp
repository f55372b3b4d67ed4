// A zone's records in parts: a page holds whole names, in the order of ServedZone::list(). Stateless.
#pragma once

#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>

#include "zone/served_zone.hpp"

namespace custdkim::api {

struct PageRequest {
    std::string after;  // the name to go on behind; empty: from the start
    std::size_t limit = 1000;
    std::size_t octets = 4 << 20;  // of names and contents
};

// {"zone", "serial", "next", "records": [{"name", "ttl", "type", "content"}]}, the SOA first. The serial is
// that from before the records were read: who gets the same one before and after all pages has the zone as it
// was. At least one name, then up to the limits. Nothing where the name to go on behind is not there any
// more.
std::optional<nlohmann::ordered_json> record_page(const ServedZone& zone, const PageRequest& request);

}  // namespace custdkim::api
