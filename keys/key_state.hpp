// States, derived from the facts of a key and `now`; never stored, so nothing can disagree with itself.
// The words are RFC 7583's (section 3.1). Pure functions.
#pragma once

#include <optional>
#include <string_view>

#include "keys/key.hpp"

namespace custdkim {

enum class PairState { generated, published, ready, active, retired, removed };
enum class KeyStatus { inactive, active };

std::string_view to_string(PairState state);
std::string_view to_string(KeyStatus status);

// `published` is the slot's published pair: any older one has been removed from the DNS, and so has one whose
// record says "p=".
PairState state_of(const Pair& pair, const Pair* published, Timestamp now);
KeyStatus status_of(const Key& key);

// The slot whose pair signs, if one does (R1: at most one).
const Slot* signing_slot(const Key& key);

// The last moment at which a message may have been signed with any of the key's pairs; nothing if none was.
std::optional<Timestamp> last_use(const Key& key, Timestamp now);

}  // namespace custdkim
