// What the world's DNS says of one slot: does the customer's CNAME lead to our record, and is what stands
// there what we publish? Pure. Unknown is not missing (R5): whatever could not be looked up decides nothing.
//
// Names are compared without regard to letter case. A chain that ends at the record is as good as one CNAME,
// and so is a DNAME; `strict` insists on the first hop. Verifiers ask for the TXT alone, so the CNAME must be
// right, and the TXT too.
#pragma once

#include <string>

#include "activation/chain.hpp"
#include "activation/diagnostician.hpp"

namespace custdkim::activation {

// What was answered at the owner, to two questions that know nothing of each other.
struct WorldView {
    Result<dns::Answer> cname, txt;
    Chain chain;  // as far as both lead

    explicit WorldView(const dns::Name& owner)
        : cname(Error{Errc::not_found, "not asked"}), txt(cname), chain(owner) {}
};

// What is wrong, as far as the world's view tells; the diagnosis finds out why.
enum class Sight {
    right,
    hops,            // right, but by way of other names
    not_seen,        // the CNAME could not be looked up
    bogus,           // validation rejects it
    no_cname,        // and no TXT at the owner
    text_instead,    // a TXT at the owner, but no CNAME
    sometimes,       // the CNAME comes with one question, and not with the other
    other_target,    // leads elsewhere
    broken_chain,    // in circles, to several names, or too long
    text_not_seen,   // the CNAME is right; the TXT could not be looked up
    text_beside,     // the CNAME is right; beside it there is a TXT
    text_no_alias,   // the CNAME is right; who asks for the TXT is told nothing of it
    record_missing,  // the CNAME is right; there is no TXT at the target
    record_former,   // ... one that we published there before
    record_other,    // ... another one, or several
};

struct Verdict {
    Outcome outcome = Outcome::unknown;
    Sight sight = Sight::not_seen;
    std::string detail;
};

// Follows the chain of the view, and judges.
Verdict verdict(const Subject& subject, bool strict, WorldView& view);

}  // namespace custdkim::activation
