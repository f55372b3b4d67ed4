#include "keys/key_state.hpp"

#include <algorithm>

namespace custdkim {

std::string_view to_string(PairState state) {
    switch (state) {
        case PairState::generated: return "generated";
        case PairState::published: return "published";
        case PairState::ready: return "ready";
        case PairState::active: return "active";
        case PairState::retired: return "retired";
        case PairState::removed: return "removed";
    }
    return "generated";
}

std::string_view to_string(KeyStatus status) { return status == KeyStatus::active ? "active" : "inactive"; }

PairState state_of(const Pair& pair, const Pair* published, Timestamp now) {
    const auto reached = [&](const std::optional<Timestamp>& moment) { return moment && *moment <= now; };
    if (!reached(pair.published_at)) return PairState::generated;
    if (published && published->number > pair.number) return PairState::removed;
    if (reached(pair.revoked_at) || !pair.revealed.empty()) return PairState::removed;
    if (reached(pair.retired_at)) return PairState::retired;
    if (reached(pair.signing_since)) return PairState::active;
    return reached(pair.visible_at) ? PairState::ready : PairState::published;
}

KeyStatus status_of(const Key& key) { return signing_slot(key) ? KeyStatus::active : KeyStatus::inactive; }

const Slot* signing_slot(const Key& key) {
    for (const Slot& slot : key.slots) {
        for (const Pair& pair : slot.pairs) {
            if (pair.signing_since && !pair.retired_at) return &slot;
        }
    }
    return nullptr;
}

std::optional<Timestamp> last_use(const Key& key, Timestamp now) {
    std::optional<Timestamp> last;
    for (const Slot& slot : key.slots) {
        for (const Pair& pair : slot.pairs) {
            if (!pair.signing_since) continue;
            const Timestamp end = pair.retired_at.value_or(now);
            last = last ? std::max(*last, end) : end;
        }
    }
    return last;
}

}  // namespace custdkim
