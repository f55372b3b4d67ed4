#include "keys/rotation_turn.hpp"

#include <algorithm>
#include <tuple>

#include "keys/spread.hpp"

namespace custdkim {

namespace {

constexpr Timestamp never = Timestamp::max();
constexpr Timestamp always = Timestamp::min();

// When the cycle began: the first one when the pair was published, later ones when it began to sign.
Timestamp cycle_start(const Key& key, const Pair& signing) {
    for (const Slot& slot : key.slots) {
        for (const Pair& pair : slot.pairs) {
            if (pair.number != signing.number && pair.signing_since) return *signing.signing_since;
        }
    }
    return signing.published_at.value_or(*signing.signing_since);
}

// The same for the same cycle of the same key.
Duration jitter_of(const Key& key, const Pair& signing, const RotationPolicy& policy) {
    if (policy.jitter <= Duration(0)) return Duration(0);
    return spread(key.id, signing.number, policy.jitter);
}

// What a turn is measured by.
struct Terms {
    Cause cause = Cause::routine;
    Timestamp publish_due{}, sign_due{};
    Duration visible_for{};  // before it signs
    Duration retention{};    // of the record that it replaces
};

Terms terms_of(const Key& key, const Pair& signing, const RotationPolicy& policy, const ClockSteps& clock) {
    if (signing.compromised_at) {
        const Timestamp at = *signing.compromised_at;
        return {Cause::compromise, at, at, settle_time(policy), shortest_retention(policy)};
    }
    const Timestamp start = cycle_start(key, signing);
    const Duration interval = policy.interval + jitter_of(key, signing, policy);
    Terms terms{Cause::routine, after(start, interval - policy.prepublish, clock),
                after(start, interval, clock), policy.prepublish, policy.retention};
    if (key.rotation_requested_at && *key.rotation_requested_at < terms.sign_due) {
        terms.cause = Cause::request;
        terms.sign_due = *key.rotation_requested_at;
        terms.publish_due = std::min(terms.publish_due, terms.sign_due);
    }
    return terms;
}

// A pair that stands by serves whoever is in a hurry; routine wants one that was made for this turn.
bool serves(const Pair& pair, const Terms& terms) {
    return is_fresh(pair) && (terms.cause != Cause::routine || *pair.published_at >= terms.publish_due);
}

Turn turn_of(const Slot& slot, std::size_t position, const Terms& terms, const ClockSteps& clock,
             Timestamp now) {
    Turn turn;
    turn.cause = terms.cause;
    turn.slot = position;
    const Pair* const published = slot.published();
    if (published && serves(*published, terms)) {
        turn.successor = published;
        turn.publish_at = *published->published_at;
        turn.sign_at = after(published->visible_at.value_or(now), terms.visible_for, clock);
    } else {
        turn.publish_at = std::max({terms.publish_due, free_at(slot, terms.retention, clock), now});
        turn.sign_at = after(turn.publish_at, terms.visible_for, clock);
        // Overdue shows as overdue, but only behind what R3 demands.
        turn.publish_at = std::max(terms.publish_due, free_at(slot, terms.retention, clock));
    }
    turn.sign_at = std::max(turn.sign_at, terms.sign_due);
    return turn;
}

}  // namespace

bool signs(const Key& key) { return !key.deleted_at && !key.revoked_at && signing_pair(key); }

std::optional<PairAt> signing_pair(const Key& key) {
    for (std::size_t position = 0; position < key.slots.size(); ++position) {
        for (const Pair& pair : key.slots[position].pairs) {
            if (pair.signing_since && !pair.retired_at) return PairAt{position, &pair};
        }
    }
    return std::nullopt;
}

bool is_fresh(const Pair& pair) {
    return pair.published_at && !pair.signing_since && !pair.revoked_at && !pair.compromised_at &&
           !pair.destroyed_at;
}

Timestamp free_at(const Slot& slot, Duration retention, const ClockSteps& clock) {
    const Pair* const published = slot.published();
    if (!published || !published->signing_since || published->revoked_at) return always;
    if (!published->retired_at) return never;
    return after(*published->retired_at, retention, clock);
}

std::optional<Turn> next_turn(const Key& key, const RotationPolicy& policy, const ClockSteps& clock,
                              Timestamp now) {
    const auto signing = signing_pair(key);
    if (!signing || key.slots.size() < 2) return std::nullopt;
    const Terms terms = terms_of(key, *signing->pair, policy, clock);
    std::optional<Turn> best;
    const auto rank = [](const Turn& turn) { return std::tuple(turn.sign_at, turn.successor == nullptr); };
    for (std::size_t step = 1; step < key.slots.size(); ++step) {  // in turn, from the slot that signs
        const std::size_t position = (signing->slot + step) % key.slots.size();
        const Turn turn = turn_of(key.slots[position], position, terms, clock, now);
        if (!best || rank(turn) < rank(*best)) best = turn;
    }
    return best;
}

}  // namespace custdkim
