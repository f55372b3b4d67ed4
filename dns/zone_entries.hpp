// The records of a zone file (RFC 1035 section 5) one by one, as ldns reads them: for those who keep them in
// a form of their own. See dns/zone_file.hpp for what is understood.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "base/result.hpp"

struct ldns_struct_rr;

namespace custdkim::dns {

// Called for each record, in file order; its Error gets `where` and the line in front and ends the reading.
using ZoneEntry = std::function<Result<void>(const ldns_struct_rr& record)>;

// `origin` is absolute, with its dot.
Result<void> each_zone_entry(std::string_view text, std::string_view where, const std::string& origin,
                             std::uint32_t default_ttl_seconds, const ZoneEntry& entry);

}  // namespace custdkim::dns
