#include "keys/key_orders.hpp"

#include <algorithm>
#include <future>

#include "base/log.hpp"
#include "keys/insist.hpp"
#include "keys/key_state.hpp"
#include "keys/rotation_change.hpp"
#include "keys/rotation_turn.hpp"

namespace custdkim {

namespace {

Result<void> check_alive(const Key& key) {
    if (key.deleted_at) {
        return Error{Errc::conflict, "the key " + key.id + " of " + key.domain.text() + " is deleted"};
    }
    if (key.revoked_at) {
        return Error{Errc::conflict, "the key " + key.id + " of " + key.domain.text() +
                                         " was revoked, for good; delete it and create another"};
    }
    return {};
}

Result<void> check_active(const Key& key) {
    if (const auto alive = check_alive(key); !alive) return alive.error();
    if (signing_pair(key)) return {};
    return Error{Errc::conflict, "the key " + key.id + " of " + key.domain.text() +
                                     " does not sign; only an active key is rotated"};
}

std::string sentence(const Key& key, const Slot& slot, const Finding& finding) {
    return customer_name(key, slot) + ": " + finding.detail + (finding.fix.empty() ? "" : "; " + finding.fix);
}

// "s1: fail (cname-missing), s2: pass"
std::string outcomes_of(const Key& key) {
    std::string all;
    for (const Slot& slot : key.slots) {
        const Finding& finding = slot.check.last.value();
        all += (all.empty() ? "" : ", ") + slot.selector + ": " + std::string(to_string(finding.outcome)) +
               (finding.cause.empty() ? "" : " (" + finding.cause + ")");
    }
    return all;
}

// Likewise the rotator judges whether a look is an event.
bool found_the_same(const Key& before, const Key& after) {
    return std::equal(before.slots.begin(), before.slots.end(), after.slots.begin(), after.slots.end(),
                      [](const Slot& one, const Slot& other) {
                          const auto& earlier = one.check.last;
                          const Finding& later = other.check.last.value();
                          return earlier && earlier->outcome == later.outcome &&
                                 earlier->cause == later.cause;
                      });
}

// The audit log is read on terminals.
Result<void> check_reason(const std::string& reason) {
    constexpr std::size_t most_octets = 300;
    const auto is_control = [](unsigned char octet) { return octet < 0x20 || octet == 0x7f; };
    if (reason.empty()) return invalid("to force an activation needs a reason, for the audit log");
    if (reason.size() > most_octets || std::any_of(reason.begin(), reason.end(), is_control)) {
        return invalid("the reason must be one line of at most 300 octets");
    }
    return {};
}

// Whether we can say what is in the way. Where the record could not be seen we may still know why: a zone
// that no server loads keeps the key from being activated as surely as a CNAME that is missing.
bool is_named(const Finding& finding) {
    return finding.outcome == Outcome::fail || (!finding.cause.empty() && finding.cause != "could-not-tell");
}

// The first slot that keeps the key from being activated.
Result<void> check_verified(const Key& key) {
    for (const bool named : {true, false}) {
        for (const Slot& slot : key.slots) {
            const Finding& finding = slot.check.last.value();
            if (finding.outcome == Outcome::pass || is_named(finding) != named) continue;
            const std::string what = sentence(key, slot, finding);
            if (named) return refused("the key cannot be activated: " + what);
            return Error{Errc::unavailable, "it could not be told whether the key can be activated: " + what};
        }
    }
    return {};
}

// Mail that a pair signed lately, and that may still be under way.
Consequence consequence_of(const Slot& slot, const Pair& pair, const RotationPolicy& policy, Timestamp until,
                           bool is_revoked) {
    const Timestamp end = std::min(until, pair.retired_at.value_or(until));
    return {slot.selector, std::max(*pair.signing_since, until - policy.transit), end, is_revoked};
}

}  // namespace

KeyOrders::KeyOrders(KeyRegistry& registry, Ledger& ledger, CustomerDns& customer_dns, Visibility& visibility,
                     bool may_force)
    : registry_(registry),
      ledger_(ledger),
      customer_dns_(customer_dns),
      visibility_(visibility),
      may_force_(may_force) {}

const RotationPolicy& KeyOrders::policy_of(const Key& key) const {
    return registry_.settings().policy(key.zone);
}

// The key with what was seen; not committed.
Change KeyOrders::look(const Key& key, const std::string& actor) {
    std::vector<std::future<SlotLook>> looks;  // side by side: each may take seconds
    for (const Slot& slot : key.slots) {
        looks.push_back(std::async(std::launch::async, [&] { return customer_dns_.look(key, slot); }));
    }
    Change change;
    change.key = key;
    std::vector<SlotLook> seen;
    for (auto& look : looks) seen.push_back(look.get());
    const Timestamp now = registry_.clock().now();
    for (std::size_t i = 0; i < seen.size(); ++i) record_look(change.key.slots[i], std::move(seen[i]), now);
    change.event = {0, now, actor, "verify", key.id, key.domain.text(), outcomes_of(change.key)};
    tell_of_failures(key, change, actor, policy_of(key), now);
    return change;
}

Result<Key> KeyOrders::verify(const std::string& id_or_domain, const Mandate& mandate) {
    return insist([&]() -> Result<Key> {
        const auto key = registry_.find(id_or_domain, mandate);
        if (!key) return key.error();
        if (const auto alive = check_alive(*key); !alive) return alive.error();
        Change change = look(*key, mandate.actor);
        if (found_the_same(*key, change.key)) change.event.action.clear();
        return ledger_.commit(std::move(change));
    });
}

Result<GateAnswer> KeyOrders::pass_gate(const std::string& id_or_domain, const ActivationTerms& terms,
                                        const Mandate& mandate) {
    if (terms.force && !may_force_) {
        return refused("activations cannot be forced here: [activation] allow_force is false");
    }
    if (terms.force) {
        if (const auto sound = check_reason(terms.reason); !sound) return sound.error();
    }
    return insist([&] { return try_activate(id_or_domain, terms, mandate); });
}

Result<Key> KeyOrders::activate(const std::string& id_or_domain) {
    auto answer = pass_gate(id_or_domain, {});
    if (!answer) return answer.error();
    if (answer->refusal) return *answer->refusal;
    return std::move(answer->key);
}

Result<GateAnswer> KeyOrders::try_activate(const std::string& id_or_domain, const ActivationTerms& terms,
                                           const Mandate& mandate) {
    auto found = registry_.find(id_or_domain, mandate);
    if (!found) return found.error();
    if (const auto alive = check_alive(*found); !alive) return alive.error();
    if (signing_pair(*found)) return GateAnswer{std::move(*found), std::nullopt};
    Change looked = look(*found, mandate.actor);
    const auto verified = check_verified(looked.key);
    if (!verified && !terms.force) {
        auto kept = ledger_.commit(std::move(looked));
        if (!kept) return kept.error();
        return GateAnswer{std::move(*kept), verified.error()};
    }
    if (const auto seen = see(looked.key); !seen) return seen.error();
    const auto signer = first_signer(looked.key);
    if (!signer) {
        return refused(
            "the key has no pair that could sign: they are revoked or destroyed; delete it and "
            "create another");
    }
    if (const auto settled = check_settled(looked.key, *signer); !settled) return settled.error();
    Change change = activation_change(looked.key, signer->first, signer->second, registry_.clock().now());
    change.event.actor = mandate.actor;
    if (!verified) {
        change.event.detail += ", by force: " + terms.reason + "; overridden: " + outcomes_of(looked.key);
    }
    auto key = ledger_.commit(std::move(change));
    if (!key) return key.error();
    if (!verified) {
        log_warning("key activated by force", {{"key", key->id},
                                               {"domain", key->domain.text()},
                                               {"reason", terms.reason},
                                               {"overridden", verified.error().detail}});
    } else {
        log_info("key activated", {{"key", key->id}, {"domain", key->domain.text()}});
    }
    return GateAnswer{std::move(*key), std::nullopt};
}

// R2: visible is enough for the first signer of a key. When the key signed before, its names have been asked
// for, and caches may hold what the record of a new pair said before.
Result<void> KeyOrders::check_settled(const Key& key, const std::pair<std::size_t, unsigned>& signer) const {
    const Slot& slot = key.slots[signer.first];
    const Pair& pair = *slot.published();
    if (pair.signing_since || !last_use(key, registry_.clock().now())) return {};
    const Timestamp from =
        after(*pair.visible_at, settle_time(policy_of(key)), registry_.settings().clock_steps());
    if (from <= registry_.clock().now()) return {};
    return Error{Errc::unavailable, "caches may hold what " + record_name(key, slot) +
                                        " said before its new pair; try again at " + format_rfc3339(from)};
}

// R2: what the rotator has not seen yet may well be visible by now.
Result<void> KeyOrders::see(Key& key) {
    std::vector<Wanted> wanted;
    std::vector<std::size_t> positions;
    for (std::size_t i = 0; i < key.slots.size(); ++i) {
        const Pair* const pair = key.slots[i].published();
        if (!pair || pair->visible_at || pair->revoked_at) continue;
        wanted.push_back({&key, &key.slots[i]});
        positions.push_back(i);
    }
    if (wanted.empty()) return {};
    const auto sightings = visibility_.look(wanted);
    for (std::size_t i = 0; i < positions.size(); ++i) {
        Slot& slot = key.slots[positions[i]];
        if (!sightings.at(i).visible) {
            return Error{Errc::unavailable, "the record " + record_name(key, slot) + " is not visible yet: " +
                                                sightings[i].missing + "; try again when it is"};
        }
        slot.pairs.back().visible_at = registry_.clock().now();
    }
    return {};
}

Result<Key> KeyOrders::deactivate(const std::string& id_or_domain, const Mandate& mandate) {
    return insist([&]() -> Result<Key> {
        auto key = registry_.find(id_or_domain, mandate);
        if (!key || (!signing_pair(*key) && !key->activated_at)) return key;
        Change change = deactivation(*key, registry_.clock().now());
        change.event.actor = mandate.actor;
        return ledger_.commit(std::move(change));
    });
}

Result<RotationOrder> KeyOrders::rotate(const std::string& id_or_domain, bool compromised, bool only_tell,
                                        const Mandate& mandate) {
    return insist([&]() -> Result<RotationOrder> {
        const auto key = registry_.find(id_or_domain, mandate);
        if (!key) return key.error();
        if (const auto active = check_active(*key); !active) return active.error();
        const Timestamp now = registry_.clock().now();
        const RotationPolicy& policy = policy_of(*key);
        const auto signing = signing_pair(*key);
        Change change = rotation_request(*key, compromised, now);
        change.event.actor = mandate.actor;
        const auto expected = forecast(change.key, policy, registry_.settings().clock_steps(), now);
        RotationOrder order{*key, expected.value(), {}};
        order.consequence = consequence_of(key->slots[signing->slot], *signing->pair, policy,
                                           order.forecast.sign_at, compromised && policy.revoke_compromised);
        if (only_tell) return order;
        auto committed = ledger_.commit(std::move(change));
        if (!committed) return committed.error();
        order.key = std::move(*committed);
        return order;
    });
}

Result<Revocation> KeyOrders::revoke(const std::string& id_or_domain, bool only_tell,
                                     const Mandate& mandate) {
    return insist([&]() -> Result<Revocation> {
        auto key = registry_.find(id_or_domain, mandate);
        if (!key) return key.error();
        if (key->deleted_at) return check_alive(*key).error();
        const Timestamp now = registry_.clock().now();
        const RotationPolicy& policy = policy_of(*key);
        Revocation revocation{*key, {}};
        for (const Slot& slot : key->slots) {
            const Pair* const pair = slot.published();
            const bool used = pair && pair->signing_since && !pair->revoked_at &&
                              pair->retired_at.value_or(now) + policy.transit > now;
            if (used) revocation.consequences.push_back(consequence_of(slot, *pair, policy, now, true));
        }
        if (only_tell || key->revoked_at) return revocation;
        Change change = custdkim::revocation(*key, now);
        change.event.actor = mandate.actor;
        auto committed = ledger_.commit(std::move(change));
        if (!committed) return committed.error();
        revocation.key = std::move(*committed);
        log_warning("key revoked", {{"key", revocation.key.id}, {"domain", revocation.key.domain.text()}});
        return revocation;
    });
}

}  // namespace custdkim
