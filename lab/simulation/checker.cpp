#include "lab/simulation/checker.hpp"

#include <algorithm>

#include "lab/simulation/key_book.hpp"

namespace custdkim::lab {

namespace {

// What the engine cannot know: steps of the clock of less than a minute, and messages between two events.
constexpr Duration tolerance = std::chrono::minutes(3);

KeyNumber number_in(const Key& key) { return KeyBook::number_of(key); }

struct Signer {
    Content token = absent;
    std::size_t position = 0;
};

std::vector<Signer> signers_of(const Key& key) {
    std::vector<Signer> signers;
    for (std::size_t position = 0; position < key.slots.size(); ++position) {
        for (const Pair& pair : key.slots[position].pairs) {
            if (pair.signing_since && !pair.retired_at)
                signers.push_back({token_of(pair.public_key), position});
        }
    }
    return signers;
}

}  // namespace

Checker::Checker(std::uint64_t seed, Needs needs, std::size_t keys, Tally& tally, Store& store)
    : seed_(seed), needs_(needs), tally_(tally), store_(store), keys_(keys), slots_(keys * slots_of_a_key) {}

void Checker::violate(const char* invariant, KeyNumber key, TrueTime now, std::string what) {
    tally_.add(Violation{invariant, seed_, key, now, std::move(what)});
}

void Checker::expect(bool holds, const char* invariant, KeyNumber key, TrueTime now, const char* what) {
    if (!holds) violate(invariant, key, now, what);
}

bool Checker::expect_wait(const char* invariant, KeyNumber key, TrueTime now, Duration waited,
                          Duration needed, const std::string& what) {
    tally_.slack[invariant].add(waited - needed);
    if (waited + tolerance >= needed) return true;
    violate(invariant, key, now, what + " " + show_length(waited) + ", and must " + show_length(needed));
    return false;
}

Checker::PairSeen& Checker::pair(Content token) {
    if (pairs_.size() <= token) pairs_.resize(std::max<std::size_t>(token + 1, 2 * pairs_.size()));
    return pairs_[token];
}

// R3: what the primary serves changes only when no mail can need it. The others follow it.
void Checker::served(std::size_t server, SlotNumber slot, Content before, Content after, TrueTime now) {
    slots_[slot].served[server] = {after, now};
    if (server != 0 || before < first_token) return;
    const PairSeen& old = pair(before);
    if (!old.has_signed || old.given_up) return;
    const KeyNumber number = slot / slots_of_a_key;
    if (old.is_signing) {
        violate("R3", number, now, "the record of the pair that signs was changed");
        return;
    }
    const Duration needed = keys_[number].compromised ? needs_.shortest_retention : needs_.retention;
    expect_wait("R3", number, now, now - old.last_signature, needed,
                "the record outlived the last signature of its pair by");
}

// R6: in the arithmetic of RFC 1982 section 3.2.
void Checker::published(Serial serial, bool changes_records, TrueTime now) {
    if (serial_) {
        const auto ahead = static_cast<std::uint32_t>(serial - *serial_);
        expect(ahead < 0x80000000U, "R6", everybody, now, "the serial moved backward");
        expect(ahead != 0 || !changes_records, "R6", everybody, now,
               "records changed, and the serial stood still");
    }
    serial_ = serial;
}

void Checker::looked(const TrueLook& look, TrueTime now) {
    SlotSeen& slot = slots_[look.slot];
    slot.look = {now, look.outcome, true};
    if (look.outcome == Outcome::pass) slot.pass = {now, look.seen, look.was_right};
}

void Checker::stored(Key after, TrueTime now) {
    const KeyNumber number = number_in(after);
    KeySeen& seen = keys_[number];
    check_labels(number, seen, after, now);
    check_signers(number, after, now);
    if (seen.facts) {
        check_unknown(number, *seen.facts, after, now);
    } else {
        seen.cycle_start = now;
    }
    // Most commits only tell of a look.
    if (!seen.facts || !same_but_for_looks(*seen.facts, after)) {
        if (seen.facts) check_facts(number, *seen.facts, after, now);
        check_orders(number, seen, after, now);
        check_private_keys(number, after, now);
    }
    const auto signers = signers_of(after);
    const Content to = signers.size() == 1 ? signers[0].token : absent;
    if (to != seen.signing) check_move(number, seen, after, to, now);
    for (std::size_t position = 0; position < after.slots.size(); ++position) {
        slots_[slot_number(number, position)].look.is_new = false;
    }
    seen.facts = std::move(after);
}

void Checker::erased(const Key& key, TrueTime now) {
    KeySeen& seen = keys_[number_in(key)];
    if (seen.signing != absent) {
        violate("R3", number_in(key), now, "the key was erased while it signed");
        pair(seen.signing) = {false, true, now, false};
    }
    seen.facts.reset();
    seen.signing = absent;
}

// Signing moved, began or ended.
void Checker::check_move(KeyNumber number, KeySeen& seen, const Key& after, Content to, TrueTime now) {
    if (seen.signing != absent) {
        PairSeen& old = pair(seen.signing);
        old.is_signing = false;
        old.last_signature = now;
    }
    if (to != absent) {
        const std::size_t position = signers_of(after)[0].position;
        check_visible(number, seen, slot_number(number, position), to, now);
        check_alias(number, seen, position, to, now);
        const bool is_rotation = seen.signing != absent;
        if (is_rotation && !seen.requested && !seen.compromised) {
            expect_wait("R7", number, now, now - seen.cycle_start, needs_.interval,
                        "signing moved after the last time by");
        }
        if (is_rotation) ++tally_.signing_moves;
        // The first cycle begins with the publication, not with the first signature.
        if (seen.has_signed && !pair(to).has_signed) seen.cycle_start = now;
        PairSeen& young = pair(to);
        young.is_signing = young.has_signed = seen.has_signed = true;
    }
    seen.signing = to;
    seen.requested = seen.compromised = false;
}

// R2: at every name server, for long enough in true time.
void Checker::check_visible(KeyNumber number, const KeySeen& seen, SlotNumber slot, Content to,
                            TrueTime now) {
    TrueTime since = before_all;
    for (const Served& served : slots_[slot].served) {
        if (served.content != to) {
            violate("R2", number, now, "a pair began to sign that a name server does not serve");
            return;
        }
        since = std::max(since, served.since);
    }
    if (!seen.has_signed || pair(to).has_signed)
        return;  // nobody has asked yet, or it was there all the time
    const bool is_urgent = seen.compromised || seen.signing == absent;
    expect_wait("R2", number, now, now - since, is_urgent ? needs_.settle : needs_.prepublish,
                "the pair was visible at all name servers, before it signed, for");
}

// R4: a look that passed, lately, and no failure since.
void Checker::check_alias(KeyNumber number, const KeySeen& seen, std::size_t position, Content to,
                          TrueTime now) {
    const PassSeen& pass = slots_[slot_number(number, position)].pass;
    if (now - pass.at > needs_.verified_within + tolerance) {
        violate("R4", number, now,
                "signing moved to a slot whose CNAME was not seen right " +
                    (pass.at == before_all ? std::string("ever") : "for " + show_length(now - pass.at)));
        return;
    }
    expect(pass.was_right, "R4", number, now, "signing moved to a slot whose CNAME only seemed right");
    expect(pass.seen == to, "R4", number, now, "signing moved to a pair that the CNAME did not lead to");
    const auto& last = seen.facts ? seen.facts->slots[position].check.last : std::nullopt;
    const bool is_new = slots_[slot_number(number, position)].look.is_new;
    expect(is_new || !last || last->outcome != Outcome::fail, "R4", number, now,
           "signing moved to a slot although the last look at its CNAME failed");
}

void Checker::will_order(KeyNumber key, Order order) {
    KeySeen& seen = keys_[key];
    seen.may_request = seen.may_request || order == Order::rotate || order == Order::rotate_compromised;
    seen.may_compromise = seen.may_compromise || order == Order::rotate_compromised;
    seen.may_revoke = seen.may_revoke || order == Order::revoke;
}

// R10: what was acknowledged is in the store.
void Checker::acknowledged(KeyNumber number, Order order, TrueTime now) {
    const KeySeen& seen = keys_[number];
    bool is_there = false;
    switch (order) {
        case Order::rotate: is_there = seen.requested; break;
        case Order::rotate_compromised: is_there = seen.compromised; break;
        case Order::revoke: is_there = seen.facts && seen.facts->revoked_at; break;
        case Order::deactivate: is_there = seen.facts && seen.signing == absent; break;
        case Order::erase: is_there = !seen.facts || seen.facts->deleted_at; break;
    }
    if (!is_there) violate("R10", number, now, "lost an order: " + std::string(to_string(order)));
}

void Checker::acknowledged_activation(KeyNumber number, TrueTime now) {
    const KeySeen& seen = keys_[number];
    expect(seen.facts && seen.facts->activated_at && seen.signing != absent, "R10", number, now,
           "lost an order: activate");
}

// R10: after a kill the facts are those from before or after the step, which are those last observed.
void Checker::restarted(TrueTime now) {
    std::size_t found = 0;
    const auto read = store_.for_each_key([&](const Key& key) {
        const KeyNumber number = number_in(key);
        ++found;
        expect(keys_[number].facts == key, "R10", number, now,
               "a restart found other facts than were stored");
    });
    expect(read.has_value(), "R10", everybody, now, "a restart could not read the store");
    const auto expected =
        std::count_if(keys_.begin(), keys_.end(), [](const KeySeen& key) { return key.facts.has_value(); });
    expect(found == static_cast<std::size_t>(expected), "R10", everybody, now,
           "a restart found another number of keys than were stored");
}

}  // namespace custdkim::lab
