// Zone files (RFC 1035 section 5), parsed by ldns. $ORIGIN and $TTL are understood, $INCLUDE is not.
#pragma once

#include <filesystem>
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

// The same for a text; `where` stands in messages in place of the file's name.
Result<std::vector<Record>> read_zone_text(std::string_view text, std::string_view where, const Name& origin,
                                           std::uint32_t default_ttl_seconds);

}  // namespace custdkim::dns
