// The one request that makes up nearly all traffic, in the one form in which PowerDNS writes it:
//
//   {"method": "lookup", "parameters": {"local": "...", "qname": "...", "qtype": "...", "real-remote": "...",
//    "remote": "...", "zone-id": N}}
//
// Read without a JSON parser, whose code and data are what a look-up costs most. Whatever differs by a
// character, or has an escape in it, is none of these and goes the long way. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace custdkim::backend {

struct UsualRequest {
    std::string_view qname, qtype;
    std::int64_t zone_id = -1;
};

std::optional<UsualRequest> read_usual_request(std::string_view line);

}  // namespace custdkim::backend
