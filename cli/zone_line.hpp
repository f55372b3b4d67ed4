// Records as lines of a zone file (RFC 1035 section 5.1), for any name server to load. Pure functions.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace custdkim::cli {

// "www.example.net. 300 IN A 192.0.2.1" and a line's end. The owner is absolute, without its dot; names in
// the content have theirs.
void append_zone_line(std::string& out, std::string_view owner, std::uint32_t ttl_seconds,
                      std::string_view type, std::string_view content);

// A zone's name for a URL: the slash of RFC 2317 section 4 in DNS's escape, not to be taken for one of the
// path.
std::string in_one_segment(std::string_view zone);

}  // namespace custdkim::cli
