// What the checker finds out by comparing the facts of a key before and after a commit: R1, R5, R7-R10.
#include <algorithm>

#include "lab/simulation/checker.hpp"

namespace custdkim::lab {

namespace {

const Pair* find_pair(const Key& key, unsigned number) {
    for (const Slot& slot : key.slots) {
        for (const Pair& pair : slot.pairs) {
            if (pair.number == number) return &pair;
        }
    }
    return nullptr;
}

using Fact = std::optional<Timestamp>;

// A fact comes once. Later it may move to the past, when it lay in the future, and no other way.
bool is_kept(const Fact& before, const Fact& after) { return !before || (after && *after <= *before); }

// All facts but what looks found out.
bool same_but_for_looks(Key before, const Key& after) {
    before.version = after.version;
    for (std::size_t i = 0; i < before.slots.size() && i < after.slots.size(); ++i) {
        before.slots[i].check = after.slots[i].check;
    }
    return before == after;
}

}  // namespace

void Checker::check_signers(KeyNumber number, const Key& after, TrueTime now) {
    int signers = 0;
    for (const Slot& slot : after.slots) {
        for (const Pair& pair : slot.pairs) signers += pair.signing_since && !pair.retired_at;
    }
    const bool is_active = after.activated_at && !after.deleted_at && !after.revoked_at;
    expect(signers < 2, "R1", number, now, "two pairs sign");
    expect(!is_active || signers > 0, "R1", number, now, "the key is active, and no pair signs");
    expect(is_active || signers == 0, "R1", number, now, "the key is not active, and a pair signs");
}

void Checker::check_labels(KeyNumber number, const KeySeen& seen, const Key& after, TrueTime now) {
    for (std::size_t i = 0; i < after.slots.size(); ++i) {
        const std::string& label = after.slots[i].label;
        if (seen.facts) {
            expect(i < seen.facts->slots.size() && seen.facts->slots[i].label == label, "R8", number, now,
                   "a label changed");
        } else {
            expect(labels_.insert(label).second, "R8", number, now, "a label was issued twice");
        }
    }
}

// R7: nothing is done twice, whatever the clock says.
void Checker::check_facts(KeyNumber number, const Key& before, const Key& after, TrueTime now) {
    bool is_kept_all =
        is_kept(before.revoked_at, after.revoked_at) && is_kept(before.deleted_at, after.deleted_at);
    for (const Slot& slot : before.slots) {
        for (const Pair& pair : slot.pairs) {
            const Pair* const later = find_pair(after, pair.number);
            if (!later) continue;
            const bool signs_again = pair.retired_at && later->signing_since && !later->retired_at;
            is_kept_all = is_kept_all && later->public_key == pair.public_key &&
                          is_kept(pair.published_at, later->published_at) &&
                          is_kept(pair.visible_at, later->visible_at) &&
                          is_kept(pair.signing_since, later->signing_since) &&
                          (signs_again || is_kept(pair.retired_at, later->retired_at)) &&
                          is_kept(pair.compromised_at, later->compromised_at) &&
                          is_kept(pair.revoked_at, later->revoked_at) &&
                          is_kept(pair.destroyed_at, later->destroyed_at);
        }
    }
    expect(is_kept_all, "R7", number, now, "something was done twice, or undone");
}

// R5: a look that could not tell changes nothing but what was seen last.
void Checker::check_unknown(KeyNumber number, const Key& before, const Key& after, TrueTime now) {
    bool was_unknown = false;
    for (std::size_t i = 0; i < after.slots.size(); ++i) {
        const LookSeen& look = slots_[slot_number(number, i)].look;
        if (!look.is_new || look.at != now || look.outcome != Outcome::unknown) continue;
        was_unknown = true;
        SlotCheck allowed = before.slots[i].check;
        allowed.last = after.slots[i].check.last;
        expect(allowed == after.slots[i].check, "R5", number, now,
               "a look that could not tell changed what is known");
    }
    expect(!was_unknown || same_but_for_looks(before, after), "R5", number, now,
           "a look that could not tell changed the key's state");
}

// R9: with the private key of a pair that signs, and without those that were destroyed or replaced.
void Checker::check_private_keys(KeyNumber number, const Key& after, TrueTime now) {
    for (const Slot& slot : after.slots) {
        for (const Pair& pair : slot.pairs) {
            const auto sealed = store_.private_key(after.id, pair.number);
            const bool is_there = sealed && sealed->has_value();
            const bool signs = pair.signing_since && !pair.retired_at;
            const bool is_replaced = &pair != &slot.pairs.back();
            expect(!signs || is_there, "R9", number, now, "the pair that signs has no private key");
            expect(!is_there || !pair.destroyed_at, "R9", number, now,
                   "a private key that was destroyed is in the store");
            expect(!is_there || !is_replaced, "R9", number, now,
                   "the private key of a pair that was replaced is in the store");
        }
    }
}

// Nothing that only operators may order comes by itself; what they ordered is told from the facts.
void Checker::check_orders(KeyNumber number, KeySeen& seen, const Key& after, TrueTime now) {
    const bool requests = after.rotation_requested_at.has_value();
    const bool revokes = after.revoked_at.has_value();
    bool compromises = false;
    for (const Slot& slot : after.slots) {
        for (const Pair& pair_now : slot.pairs) {
            PairSeen& its = pair(token_of(pair_now.public_key));
            if (pair_now.compromised_at) its.given_up = seen.may_compromise;
            if (revokes) its.given_up = seen.may_revoke;
            compromises = compromises || (pair_now.compromised_at && its.is_signing);
        }
    }
    expect(!requests || seen.may_request, "R10", number, now, "nobody ordered this rotation");
    expect(!compromises || seen.may_compromise, "R10", number, now, "nobody called this pair compromised");
    expect(!revokes || seen.may_revoke, "R10", number, now, "nobody ordered this revocation");
    if (requests) seen.requested = true;
    if (compromises) seen.compromised = true;
}

}  // namespace custdkim::lab
