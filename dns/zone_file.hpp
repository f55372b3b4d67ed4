// Zone files (RFC 1035 section 5) as the records that PowerDNS is to serve. See dns/zone_reader.hpp for what
// is understood; the data is checked by ldns, but for PowerDNS's own types, ALIAS and LUA.
#pragma once

#include <filesystem>
#include <functional>
#include <optional>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "dns/record.hpp"

namespace custdkim::dns {

// The records in file order. `origin` completes relative names, `default_ttl_seconds` stands in where neither
// the record nor $TTL has one. Refuses the whole file, with file and line, at the first thing it cannot read,
// and every record of a class other than IN.
Result<std::vector<Record>> read_zone_file(const std::filesystem::path& file, const Name& origin,
                                           std::uint32_t default_ttl_seconds);

// The same for a text; `where` stands in messages in place of the file's name. Nothing can be included.
Result<std::vector<Record>> read_zone_text(std::string_view text, std::string_view where, const Name& origin,
                                           std::uint32_t default_ttl_seconds);

// The same, record by record: what the visitor refuses gets file and line in front and ends the reading. A
// TTL that is left out is that of $TTL, else the last that was stated.
using RecordVisitor = std::function<Result<void>(Record record)>;
Result<void> each_zone_record(const std::filesystem::path& file, const Name& origin,
                              const RecordVisitor& visitor);

}  // namespace custdkim::dns
