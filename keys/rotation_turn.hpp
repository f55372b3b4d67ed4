// Whose turn it is to sign next: the slot, its pair if it is there already, and the earliest times at which
// R2 and R3 let it be published and sign. What rotation.hpp decides with. Pure functions.
#pragma once

#include <optional>

#include "keys/clock_steps.hpp"
#include "keys/key.hpp"
#include "keys/policy.hpp"

namespace custdkim {

struct PairAt {
    std::size_t slot = 0;  // position
    const Pair* pair = nullptr;
};

// The pair that signs, if one does (R1).
std::optional<PairAt> signing_pair(const Key& key);

// Whether mail is signed with it now.
bool signs(const Key& key);

// Why signing moves: at its time, on order, or because the private key has leaked.
enum class Cause { routine, request, compromise };

struct Turn {
    Cause cause = Cause::routine;
    std::size_t slot = 0;
    const Pair* successor = nullptr;  // published for this turn already; else it is to be made
    Timestamp publish_at{};
    Timestamp sign_at{};
};

// Nothing if the key does not sign.
std::optional<Turn> next_turn(const Key& key, const RotationPolicy& policy, const ClockSteps& clock,
                              Timestamp now);

// From when on the slot's record may be changed (R3).
Timestamp free_at(const Slot& slot, Duration retention, const ClockSteps& clock);

// Published, never used, not given up.
bool is_fresh(const Pair& pair);

}  // namespace custdkim
