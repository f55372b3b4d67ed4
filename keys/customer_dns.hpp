// The port through which the customer's DNS is looked at (R4, R5). Implemented by activation/. Thread-safe.
#pragma once

#include "keys/key.hpp"

namespace custdkim {

struct SlotLook {
    Finding finding;
    unsigned pair = 0;  // on a pass: the pair whose public key the CNAME led to; 0: the slot publishes none
};

class CustomerDns {
  public:
    virtual ~CustomerDns() = default;

    // Does the slot's CNAME lead to its record, and does the world see there what we publish? May take
    // seconds; never throws. Finding::checked_at is left to the caller.
    virtual SlotLook look(const Key& key, const Slot& slot) = 0;
};

// How much of a finding is kept: who is looked at decides what stands in it.
inline constexpr std::size_t most_evidence_lines = 64, most_line_octets = 300;
inline constexpr std::size_t most_candidates = 16, most_text_octets = 4000;

// The finding within these bounds; its lists have no line breaks in their items.
Finding bounded(Finding finding);

// The key's facts after such a look.
void record_look(Slot& slot, SlotLook look, Timestamp now);

}  // namespace custdkim
