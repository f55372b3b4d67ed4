// One resource record in presentation form, as zone files and PowerDNS write it.
#pragma once

#include <cstdint>
#include <string>

#include "dns/name.hpp"

namespace custdkim::dns {

struct Record {
    Name owner;
    std::string type;  // mnemonic, or TYPEnnn (RFC 3597)
    std::uint32_t ttl_seconds = 0;
    std::string content;  // RDATA; names absolute

    bool operator==(const Record&) const = default;
};

}  // namespace custdkim::dns
