#include "sending/leases.hpp"

#include <algorithm>

#include "keys/private_key_pem.hpp"
#include "keys/rotation_turn.hpp"
#include "keys/unseal.hpp"

namespace custdkim {

namespace {

Error no_leases() {
    return refused(
        "private keys are not leased here; who wants that sets a longest time, like [sending] lease = "
        "\"1h\"");
}

}  // namespace

// A turn that is overdue waits for something, and the pair goes on signing meanwhile.
Timestamp Leases::end_of(const Key& key, Duration wanted) const {
    const Timestamp now = parts_.clock.now();
    const Timestamp end = now + std::min(wanted, longest_);
    const auto turn = next_turn(key, parts_.policy(key.zone), parts_.clock_steps(), now);
    return turn && turn->sign_at > now ? std::min(end, turn->sign_at) : end;
}

Result<Lease> Leases::lease(const Key& key, const std::optional<Duration>& wanted, const Caller& by) {
    if (longest_ == Duration(0)) return no_leases();
    if (wanted && *wanted <= Duration(0)) return invalid("a lease needs some time, like 10m");
    if (!signs(key)) {
        return refused("the key " + key.id + " of " + key.domain.text() +
                       " does not sign; 'custdkim key activate' lets it");
    }
    const auto signing = signing_pair(key);
    const Pair& pair = *signing->pair;
    const auto opened = unseal_private_key(parts_.store, parts_.sealer, key.id, pair);
    if (!opened) return opened.error();
    if (!*opened) {
        return Error{Errc::busy, "signing is moving to another pair of " + key.domain.text() + "; try again"};
    }
    Lease lease{key.id,
                key.domain.text(),
                key.slots[signing->slot].selector,
                key.type,
                pair.number,
                private_key_pem((*opened)->span()),
                end_of(key, wanted.value_or(longest_))};
    Change change{key, {}, {}, false, {}};
    change.event = {0,
                    parts_.clock.now(),
                    by.name,
                    "lease",
                    key.id,
                    key.domain.text(),
                    "the private key of pair " + std::to_string(pair.number) + ", which signs as " +
                        lease.selector + ", until " + format_rfc3339(lease.until)};
    const auto kept = parts_.ledger.commit(std::move(change));
    if (!kept) return kept.error();
    return lease;
}

}  // namespace custdkim
