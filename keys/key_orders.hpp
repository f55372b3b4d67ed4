// What operators order for a key that is there: verify, activate, deactivate, rotate, revoke. Decides whether
// it may be, and commits it; what has to wait is left to the rotator. Thread-safe.
#pragma once

#include <functional>
#include <string>

#include "keys/customer_dns.hpp"
#include "keys/key_registry.hpp"
#include "keys/rotation.hpp"
#include "keys/visibility.hpp"

namespace custdkim {

// What a rotation or a revocation does to mail.
struct Consequence {
    std::string selector;  // of the pair that signs, or signed
    Timestamp signed_since{}, signed_until{};
    bool is_revoked = false;  // then mail signed in that time, and not verified yet, will not verify
};

struct RotationOrder {
    Key key;
    Forecast forecast;
    Consequence consequence;
};

struct Revocation {
    Key key;
    std::vector<Consequence> consequences;
};

class KeyOrders {
  public:
    // All that it works with outlives it.
    KeyOrders(KeyRegistry& registry, Ledger& ledger, CustomerDns& customer_dns, Visibility& visibility);

    // Looks at the CNAMEs of all slots, now, and keeps what it found.
    Result<Key> verify(const std::string& id_or_domain);

    // Looks, and lets the key sign if all slots pass. `refused` with the finding if one fails, `unavailable`
    // if it could not be told (R5), or if the record is not visible yet, or not for long enough where the key
    // signed before (R2). Activating an active key
    // changes nothing.
    Result<Key> activate(const std::string& id_or_domain);
    Result<Key> deactivate(const std::string& id_or_domain);

    // Signing moves as soon as R2 and R3 allow; the order says when that is. `only_tell`: changes nothing.
    // With `compromised` the pair that signs is given up: a shorter wait, and its record is revoked by
    // policy.
    Result<RotationOrder> rotate(const std::string& id_or_domain, bool compromised, bool only_tell);

    // Stops the key for good: all its records say "p=" at once, and its private keys are destroyed.
    Result<Revocation> revoke(const std::string& id_or_domain, bool only_tell);

  private:
    Change look(const Key& key);
    Result<Key> try_activate(const std::string& id_or_domain);
    Result<void> see(Key& key);
    Result<void> check_settled(const Key& key, const std::pair<std::size_t, unsigned>& signer) const;
    const RotationPolicy& policy_of(const Key& key) const;

    KeyRegistry& registry_;
    Ledger& ledger_;
    CustomerDns& customer_dns_;
    Visibility& visibility_;
};

}  // namespace custdkim
