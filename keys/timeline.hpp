// What became of the pairs of a key, and what will: spans of the states of RFC 7583 section 3.1, for a
// picture. The past is made from the key's facts, the future by the rotation itself (keys/rotation.hpp), in a
// world where nothing is in the way from now on. Pure functions.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "keys/key_state.hpp"
#include "keys/rotation.hpp"

namespace custdkim {

// Never `generated`: a pair is published in the step that makes it.
struct Span {
    PairState state = PairState::published;
    Timestamp from{};
    std::optional<Timestamp> to;  // the start of the next span; none: no end is in sight
};

struct PairLife {
    unsigned number = 0;  // Pair::number, also of those that are still to be made
    std::vector<Span> spans;
};

struct SlotLife {
    std::string selector;
    std::vector<PairLife> pairs;  // oldest first; of those long gone the key keeps no facts
};

struct Timeline {
    Timestamp until{};  // nothing is told of what comes after
    std::vector<SlotLife> slots;
    std::vector<Step>
        planned;  // what changes a record or a pair, in order; a step to publish has its new pair
};

// Ends when signing has moved `cycles` times from now on, or when nothing more is due by itself.
Timeline timeline_of(const Key& key, const RotationPolicy& policy, const ClockSteps& clock, Timestamp now,
                     unsigned cycles);

}  // namespace custdkim
