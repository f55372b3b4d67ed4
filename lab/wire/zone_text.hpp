// Zone-file text, read as leniently as a careless provider would: conflicts, two CNAMEs and odd names are
// taken as they stand. $ORIGIN and $TTL are understood, $INCLUDE is not. ldns reads the lines.
#pragma once

#include "lab/wire/message.hpp"

namespace custdkim::lab {

// In file order. Refuses with `where`, line and reason; `where` is a file's name or what the text is.
Result<std::vector<ResourceRecord>> parse_zone_text(std::string_view text, std::string_view where,
                                                    const WireName& origin, std::uint32_t default_ttl = 300);

// As a master file with absolute names, one record a line.
std::string zone_text(const std::vector<ResourceRecord>& records);

}  // namespace custdkim::lab
