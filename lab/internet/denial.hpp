// NSEC records: their RDATA, and those made for one question ("minimally covering", RFC 4470), which say of
// no other name that it is not there. Pure functions.
#pragma once

#include <set>

#include "lab/wire/message.hpp"

namespace custdkim::lab {

// RFC 4034 section 4.1.
std::string nsec_rdata(const WireName& next, const std::set<std::uint16_t>& types);

// The NSEC of a name that is there, with nothing between it and the first name that could be below it.
ResourceRecord narrow_nsec(const WireName& name, std::set<std::uint16_t> types, std::uint32_t ttl);

// The NSEC that covers a name and all that would be below it: from just before its first label to just after.
ResourceRecord covering_nsec(const WireName& folded, std::uint32_t ttl);

}  // namespace custdkim::lab
