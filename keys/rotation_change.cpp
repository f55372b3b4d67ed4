#include "keys/rotation_change.hpp"

#include <algorithm>
#include <stdexcept>

#include "keys/rotation_turn.hpp"
#include "keys/watch.hpp"

namespace custdkim {

namespace {

constexpr std::size_t removed_pairs_kept = 1;  // of each slot; what came before is in the audit log

Pair& pair_of(Slot& slot, unsigned number) {
    for (Pair& pair : slot.pairs) {
        if (pair.number == number) return pair;
    }
    throw std::logic_error("a step names a pair that its slot does not have");
}

Event event_of(const Key& key, std::string actor, std::string action, std::string detail, Timestamp now) {
    return {0, now, std::move(actor), std::move(action), key.id, key.domain.text(), std::move(detail)};
}

std::string about(const Slot& slot, unsigned pair, const std::string& why) {
    return slot.selector + ", pair " + std::to_string(pair) + (why.empty() ? "" : ": " + why);
}

// The private key is needed no more.
void destroy(Change& change, Pair& pair, Timestamp now) {
    if (pair.destroyed_at) return;
    pair.destroyed_at = now;
    change.destroy.push_back(pair.number);
}

unsigned next_number(const Key& key) {
    unsigned highest = 0;
    for (const Slot& slot : key.slots) {
        for (const Pair& pair : slot.pairs) highest = std::max(highest, pair.number);
    }
    return highest + 1;
}

void publish(Change& change, const Step& step, SealedPair sealed, Timestamp now) {
    Slot& slot = change.key.slots.at(step.slot);
    Pair pair;
    pair.number = next_number(change.key);
    pair.public_key = std::move(sealed.public_key);
    pair.created_at = now;
    pair.published_at = now;
    for (Pair& removed : slot.pairs) destroy(change, removed, now);
    if (slot.pairs.size() > removed_pairs_kept) {
        slot.pairs.erase(slot.pairs.begin(), slot.pairs.end() - removed_pairs_kept);
    }
    change.add.push_back({pair.number, std::move(sealed.sealed_private_key)});
    change.moves_serial = true;
    change.event.detail = about(slot, pair.number, step.why);
    slot.pairs.push_back(std::move(pair));
}

// R7: a pair retires not before it began, whatever the clock says.
void retire(Pair& pair, Timestamp now) { pair.retired_at = std::max(now, *pair.signing_since); }

void revoke(Change& change, Pair& pair, Timestamp now) {
    pair.revoked_at = now;
    change.moves_serial = true;
    destroy(change, pair, now);
}

// Signing moves: one pair retires and the other begins in the same change (R1).
void sign(Change& change, const Step& step, const RotationPolicy& policy, Timestamp now) {
    Key& key = change.key;
    for (Slot& slot : key.slots) {
        for (Pair& pair : slot.pairs) {
            if (!pair.signing_since || pair.retired_at) continue;
            retire(pair, now);
            if (pair.compromised_at && policy.revoke_compromised) {
                revoke(change, pair, now);
            } else if (pair.compromised_at || (policy.destroy_private_key_after == Duration(0) &&
                                               policy.retired != RetiredRecord::publish_private_key)) {
                destroy(change, pair, now);
            }
        }
    }
    Pair& next = pair_of(key.slots.at(step.slot), step.pair);
    next.signing_since = now;
    next.retired_at.reset();
    key.rotation_requested_at.reset();
}

void forget_failures(SlotCheck& check) {
    check.failing_since.reset();
    check.last_failed_at.reset();
    check.failed_looks = 0;
}

void mend(Key& key, Timestamp now) {
    const auto clamp = [now](std::optional<Timestamp>& fact) {
        if (fact && *fact > now) fact = now;
    };
    key.created_at = std::min(key.created_at, now);
    for (auto* fact : {&key.activated_at, &key.rotation_requested_at, &key.revoked_at, &key.deleted_at}) {
        clamp(*fact);
    }
    for (Slot& slot : key.slots) {
        // How old a pass is, or since when all passed, is not known any more: the next look begins anew (R4).
        const bool passed = slot.check.passing_since.has_value();
        for (auto* fact : {&slot.check.verified_at, &slot.check.passing_since}) {
            if (*fact && **fact > now) fact->reset();
        }
        if ((passed && !slot.check.passing_since) || slot.check.last_failed_at.value_or(now) > now) {
            forget_failures(slot.check);
        }
        if (slot.check.last) slot.check.last->checked_at = std::min(slot.check.last->checked_at, now);
        for (Pair& pair : slot.pairs) {
            pair.created_at = std::min(pair.created_at, now);
            for (auto* fact : {&pair.published_at, &pair.visible_at, &pair.signing_since, &pair.retired_at,
                               &pair.compromised_at, &pair.revoked_at, &pair.destroyed_at}) {
                clamp(*fact);
            }
        }
    }
}

void stop_signing(Key& key, Timestamp now) {
    for (Slot& slot : key.slots) {
        for (Pair& pair : slot.pairs) {
            if (pair.signing_since && !pair.retired_at) retire(pair, now);
        }
    }
    key.activated_at.reset();
    key.rotation_requested_at.reset();
}

}  // namespace

void tell_of_failures(const Key& before, Change& change, const std::string& actor,
                      const RotationPolicy& policy, Timestamp now) {
    if (!signing_pair(before)) return;
    for (std::size_t position = 0; position < before.slots.size(); ++position) {
        const Slot& slot = change.key.slots[position];
        const bool fails = is_failing(slot.check, policy);
        if (!slot.check.last || fails == is_failing(before.slots[position].check, policy)) continue;
        const Finding& finding = *slot.check.last;
        change.also.push_back(event_of(change.key, actor, fails ? "warning" : "recovered",
                                       slot.selector + (fails ? ": " + finding.cause + ": " + finding.detail
                                                              : " is seen to be right again"),
                                       now));
    }
}

Change make_change(const Key& key, const Step& step, Finds finds, const RotationPolicy& policy,
                   Timestamp now) {
    Change change;
    change.key = key;
    change.event = event_of(key, "rotator", std::string(to_string(step.action)), step.why, now);
    Slot& slot = change.key.slots.at(step.slot);
    if (step.pair != 0) change.event.detail = about(slot, step.pair, step.why);
    switch (step.action) {
        case Action::mend: mend(change.key, now); break;
        case Action::see: pair_of(slot, step.pair).visible_at = now; break;
        case Action::publish: publish(change, step, std::move(finds.pair.value()), now); break;
        case Action::verify: {
            const Finding& finding = finds.look.value().finding;
            const auto& last = slot.check.last;
            // The same as the last time is no event.
            if (last && last->outcome == finding.outcome && last->cause == finding.cause) {
                change.event.action.clear();
            }
            change.event.detail = slot.selector + ": " + std::string(to_string(finding.outcome)) +
                                  (finding.cause.empty() ? "" : ": " + finding.cause);
            record_look(slot, std::move(*finds.look), now);
            tell_of_failures(key, change, change.event.actor, policy, now);
            break;
        }
        case Action::sign: sign(change, step, policy, now); break;
        case Action::revoke: revoke(change, pair_of(slot, step.pair), now); break;
        case Action::reveal:
            pair_of(slot, step.pair).revealed = std::move(finds.private_key.value());
            change.moves_serial = true;
            destroy(change, pair_of(slot, step.pair), now);
            break;
        case Action::destroy: destroy(change, pair_of(slot, step.pair), now); break;
        case Action::deactivate: stop_signing(change.key, now); break;
        case Action::withdraw: throw std::logic_error("a withdrawal erases the key");
    }
    return change;
}

Change activation_change(const Key& key, std::size_t slot, unsigned pair, Timestamp now) {
    Change change;
    change.key = key;
    change.key.activated_at = now;
    Pair& signer = pair_of(change.key.slots.at(slot), pair);
    if (!signer.signing_since) signer.signing_since = now;
    signer.retired_at.reset();
    // Where an operator insisted although a CNAME is wrong, what counts from now on is what the watch sees.
    for (Slot& one : change.key.slots) {
        if (!one.check.passing_since) forget_failures(one.check);
    }
    change.event = event_of(key, "operator", "activate", about(key.slots.at(slot), pair, "signs"), now);
    return change;
}

Change deactivation(const Key& key, Timestamp now) {
    Change change;
    change.key = key;
    stop_signing(change.key, now);
    change.event = event_of(key, "operator", "deactivate", "signs no more", now);
    return change;
}

Change rotation_request(const Key& key, bool compromised, Timestamp now) {
    Change change;
    change.key = key;
    change.key.rotation_requested_at = now;
    const auto signing = signing_pair(key);
    if (compromised && signing) {
        // Who orders it again, not knowing whether it was heard, changes nothing (R7).
        auto& since = pair_of(change.key.slots[signing->slot], signing->pair->number).compromised_at;
        since = since.value_or(now);
    }
    change.event =
        event_of(key, "operator", "rotate", compromised ? "the pair that signs is compromised" : "", now);
    return change;
}

Change revocation(const Key& key, Timestamp now) {
    Change change;
    change.key = key;
    stop_signing(change.key, now);
    change.key.revoked_at = now;
    for (Slot& slot : change.key.slots) {
        for (Pair& pair : slot.pairs) {
            if (&pair == slot.published()) pair.revoked_at = pair.revoked_at.value_or(now);
            destroy(change, pair, now);
        }
    }
    change.moves_serial = true;
    change.event = event_of(key, "operator", "revoke", "all records say p=", now);
    return change;
}

std::optional<std::pair<std::size_t, unsigned>> first_signer(const Key& key) {
    std::optional<std::pair<std::size_t, unsigned>> chosen;
    std::optional<Timestamp> last_signature;
    for (std::size_t position = 0; position < key.slots.size(); ++position) {
        const Pair* const pair = key.slots[position].published();
        if (!pair || !pair->visible_at || pair->revoked_at || pair->compromised_at || pair->destroyed_at) {
            continue;
        }
        // The one that signed last goes on: its record is known. Else the first slot's begins.
        if (!chosen || (pair->retired_at && (!last_signature || *pair->retired_at > *last_signature))) {
            chosen.emplace(position, pair->number);
            if (pair->retired_at) last_signature = pair->retired_at;
        }
    }
    return chosen;
}

}  // namespace custdkim
