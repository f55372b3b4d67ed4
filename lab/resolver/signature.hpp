// Signatures and keys of DNSSEC (RFC 4035 section 5.3), checked by ldns at a given time. Pure functions.
#pragma once

#include "lab/resolver/finding.hpp"

namespace custdkim::lab {

// The name in the Signer's Name field, folded; empty where the record is none.
WireName signer_of(const ResourceRecord& signature);

// Whether one of the signatures over the RRset is one of these keys' and holds now. The set is secure or
// bogus; `lasts` says for how long. `expanded_below` is the number of labels of the name above the wildcard
// that it was made from, if it was (RFC 4035 section 5.3.4).
struct Verified {
    Verdict verdict;
    std::optional<std::size_t> expanded_below;
};
Verified verify(const SignedSet& set, const WireName& zone, const Records& keys, Timestamp now);

// A DS that can be used: an algorithm and a digest that ldns knows.
bool is_supported(const ResourceRecord& ds);
Records keys_matching(const Records& keys, const Records& ds_set);

// A DS or DNSKEY of the root, as a line of a zone file; the DS in any case.
Result<ResourceRecord> read_trust_anchor(const std::string& line);

}  // namespace custdkim::lab
