// What DNSSEC's records say about each other, for those who explain why a zone does not validate: which key a
// DS means (RFC 4034 section 5), and when a signature holds (section 3). Takes records from anybody: what is
// malformed matches nothing and has no times. Pure functions.
#pragma once

#include <optional>
#include <string>

#include "base/time.hpp"
#include "dns/record.hpp"

namespace custdkim::dns {

// By algorithm, key tag and digest (types 1, 2 and 4; a digest of another type is believed). No key that
// signs no zone (RFC 4034 section 2.1.1) matches.
bool matches(const Record& ds, const Record& dnskey);

struct SignatureTimes {
    std::string covered;  // the type, as question_type_name() writes it
    Timestamp inception, expiration;
    Name signer;
    unsigned key_tag = 0, algorithm = 0;
};

std::optional<SignatureTimes> signature_times(const Record& rrsig);

}  // namespace custdkim::dns
