// The watch over active keys: when a slot's CNAME is looked at although nothing is to be done, and when looks
// that fail count. A pass counts at once; failures count after several looks over a time; a look that could
// not tell never counts (R5). Pure functions of the stored facts.
#pragma once

#include <optional>
#include <vector>

#include "keys/key.hpp"
#include "keys/policy.hpp"

namespace custdkim {

// The last run of looks that failed was long enough to count; it may be over.
bool did_count(const SlotCheck& check, const RotationPolicy& policy);

// Likewise, and it goes on.
bool is_failing(const SlotCheck& check, const RotationPolicy& policy);

// When the watch looks at the slot; nothing if it never does: the key does not sign, the policy has no watch,
// or the slot's record cannot be seen yet. Keys that pass have a time of day each, spread by their ids; those
// that missed it by much, since the program was down, wait for the next one, so that not all come at once.
std::optional<Timestamp> watch_due(const Key& key, const Slot& slot, const RotationPolicy& policy,
                                   Timestamp now);

}  // namespace custdkim
