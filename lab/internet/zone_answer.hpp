// What an authoritative server answers from one zone: RFC 1034 section 4.3.2 with DNAME (RFC 6672
// section 3.2), wildcards (RFC 4592), negative answers (RFC 2308 section 3) and, for who asks for it, DNSSEC
// (RFC 4035 section 3.1). Pure functions, of zones that are no longer written.
#pragma once

#include "lab/internet/zone.hpp"

namespace custdkim::lab {

// Beside a CNAME, other records of its name are
enum class Conflicts {
    cname_wins,  // not seen: what RFC 1034 makes of it, and PowerDNS
    by_type,     // answered to those who ask for their type, as an NSD secondary does
};

// Fills in a response to one question for a name at or below the zone's apex.
void answer_from(const Zone& zone, const Question& question, bool dnssec, Conflicts conflicts,
                 Message& response);

// RFC 2308 section 5: a negative answer lives as long as the SOA in it, and no longer than its MINIMUM.
std::uint32_t negative_ttl(const ResourceRecord& soa);

// NXDOMAIN, or NOERROR without records, as it reads without DNSSEC.
void deny(const ResourceRecord* soa, std::uint16_t rcode, Message& response);

}  // namespace custdkim::lab
