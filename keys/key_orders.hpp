// What operators order for a key that is there: verify, activate, deactivate, rotate, revoke. Decides whether
// it may be, and commits it; what has to wait is left to the rotator. The mandate of each says who orders it
// (keys/mandate.hpp). Thread-safe.
#pragma once

#include <functional>
#include <optional>
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

// How a key is to be activated.
struct ActivationTerms {
    bool force = false;  // although slots do not pass: only where the configuration allows that
    std::string reason;  // with `force`, for the audit log
};

// What became of that. Without a refusal the key signs; else its findings say what is in the way: `refused`
// if a slot fails, `unavailable` if it could not be told (R5).
struct GateAnswer {
    Key key;
    std::optional<Error> refusal;
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
    KeyOrders(KeyRegistry& registry, Ledger& ledger, CustomerDns& customer_dns, Visibility& visibility,
              bool may_force = false);

    // Looks at the CNAMEs of all slots, now, and keeps what it found. The same as the last time is no event.
    Result<Key> verify(const std::string& id_or_domain, const Mandate& mandate = {});

    // Looks, and lets the key sign if all slots pass; keeps what it found otherwise. The Error is
    // `unavailable` if the record is not visible yet, or not for long enough where the key signed before
    // (R2): nobody can force that. Activating an active key changes nothing.
    Result<GateAnswer> pass_gate(const std::string& id_or_domain, const ActivationTerms& terms,
                                 const Mandate& mandate = {});

    // Likewise, where nobody asks for the findings.
    Result<Key> activate(const std::string& id_or_domain);
    bool may_force() const { return may_force_; }
    Result<Key> deactivate(const std::string& id_or_domain, const Mandate& mandate = {});

    // Signing moves as soon as R2 and R3 allow; the order says when that is. `only_tell`: changes nothing.
    // With `compromised` the pair that signs is given up: a shorter wait, and its record is revoked by
    // policy.
    Result<RotationOrder> rotate(const std::string& id_or_domain, bool compromised, bool only_tell,
                                 const Mandate& mandate = {});

    // Stops the key for good: all its records say "p=" at once, and its private keys are destroyed.
    Result<Revocation> revoke(const std::string& id_or_domain, bool only_tell, const Mandate& mandate = {});

  private:
    Change look(const Key& key, const std::string& actor);
    Result<GateAnswer> try_activate(const std::string& id_or_domain, const ActivationTerms& terms,
                                    const Mandate& mandate);
    Result<void> see(Key& key);
    Result<void> check_settled(const Key& key, const std::pair<std::size_t, unsigned>& signer) const;
    const RotationPolicy& policy_of(const Key& key) const;

    KeyRegistry& registry_;
    Ledger& ledger_;
    CustomerDns& customer_dns_;
    Visibility& visibility_;
    const bool may_force_;
};

}  // namespace custdkim
