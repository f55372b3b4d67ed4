// The records of a zone file (RFC 1035 section 5) one by one, their data read by ldns: for those who keep
// them in a form of their own. See dns/zone_reader.hpp for what is understood.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "base/result.hpp"
#include "dns/zone_reader.hpp"

struct ldns_struct_rr;

namespace custdkim::dns {

// Called for each record, in file order; its Error gets `where` and the line in front and ends the reading.
using ZoneEntry = std::function<Result<void>(const ldns_struct_rr& record)>;

// `origin` is absolute, with its dot. Nothing can be included.
Result<void> each_zone_entry(std::string_view text, std::string_view where, const std::string& origin,
                             std::uint32_t default_ttl_seconds, const ZoneEntry& entry);

struct FreeEntry {
    void operator()(ldns_struct_rr* record) const;
};
using ParsedEntry = std::unique_ptr<ldns_struct_rr, FreeEntry>;

// Refuses data that is not what the type says, types that nobody knows, and those that exist in questions
// only.
Result<ParsedEntry> parse_entry(const ZoneRecordText& record);

}  // namespace custdkim::dns
