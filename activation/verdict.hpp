// What the world's DNS says of one slot: does the customer's CNAME lead to our record, and is what stands
// there what we publish? Pure. Unknown is not missing (R5): whatever could not be looked up decides nothing.
//
// Names are compared without regard to letter case. A chain that ends at the record is as good as one CNAME,
// and so is a DNAME. Verifiers ask for the TXT alone, so the CNAME must be right, and the TXT too.
#pragma once

#include <string>
#include <vector>

#include "dns/message.hpp"
#include "keys/key.hpp"

namespace custdkim {

// What ought to be seen.
struct Expected {
    dns::Name owner;                  // where the customer's CNAME belongs
    dns::Name target;                 // where it leads: our record
    std::string text;                 // our record's TXT
    std::vector<std::string> former;  // what it said before, as caches may still have it
};

// What was answered at the owner, to two questions that know nothing of each other.
struct Seen {
    Result<dns::Answer> cname, txt;
};

// Causes: "cname-missing", "cname-wrong-target", "record-not-seen", "other-key", "could-not-tell"; "" for a
// pass. `checked_at` is left to the caller.
Finding verdict(const Expected& expected, const Seen& seen);

}  // namespace custdkim
