// A customer's zone as its signer leaves it: DNSKEY, signatures, a chain of NSEC (RFC 4035 section 2), and
// then what went wrong with it. Pure functions but for the key.
#pragma once

#include "lab/catalogue/misconfiguration.hpp"
#include "lab/internet/signing_key.hpp"
#include "lab/internet/zone.hpp"

namespace custdkim::lab {

struct SigningFault {
    DnssecFault fault = DnssecFault::none;
    std::vector<ResourceRecord> added;  // by hand, after signing
    WireName altered;                   // folded: the name whose records were changed after signing
};

// Signs the zone in place.
void sign_zone(Zone& zone, const SigningKey& key, const SigningFault& fault);

// RDATA of the DS records in the zone above.
std::vector<std::string> ds_of(const WireName& apex, const SigningKey& key, const SigningKey& other_key,
                               DnssecFault fault);

}  // namespace custdkim::lab
