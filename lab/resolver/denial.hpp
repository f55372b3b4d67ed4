// What NSEC records prove not to exist (RFC 4035 section 5.4, RFC 6840 section 4). The records given were
// verified before. NSEC3 proves nothing here: no zone of the lab is signed with it. Pure functions.
#pragma once

#include "lab/resolver/finding.hpp"

namespace custdkim::lab {

// Canonical order of names (RFC 4034 section 6.1): below 0, 0, above 0. Both folded.
int compare_canonically(const WireName& left, const WireName& right);

bool proves_no_name(const Records& nsec, const WireName& name);
bool proves_no_type(const Records& nsec, const WireName& name, std::uint16_t type);
// That the name itself is not there, so that a wildcard under the ancestor of so many labels was used.
bool proves_expansion(const Records& nsec, const WireName& name, std::size_t labels);

enum class Cut { none, insecure, unproven };
// What a denial of its DS makes of a name.
Cut cut_at(const Records& nsec, const WireName& name);

}  // namespace custdkim::lab
