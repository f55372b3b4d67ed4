// The keys of the house: creating, finding, deleting. Checks the request, takes pairs, and hands the change
// to the ledger. What else operators do to keys is in keys/key_orders.hpp. Thread-safe.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "base/random.hpp"
#include "base/result.hpp"
#include "keys/clock_steps.hpp"
#include "keys/key_request.hpp"
#include "keys/ledger.hpp"
#include "keys/mandate.hpp"
#include "keys/pair_source.hpp"
#include "keys/policy.hpp"
#include "keys/publisher.hpp"
#include "keys/store.hpp"

namespace custdkim {

struct RegistrySettings {
    std::vector<dns::Name> zones;  // at least one; the first is the default
    PolicyOf policy;
    std::function<ClockSteps()> clock_steps = [] { return ClockSteps(); };
    std::string label_prefix = {};  // of what is drawn: keys/label_prefix.hpp
};

struct Deletion {
    Key key;
    Timestamp withdraw_at{};
    bool withdrawn = false;  // already gone from the zone and the store
};

class KeyRegistry {
  public:
    // All references outlive the registry.
    KeyRegistry(RegistrySettings settings, Store& store, Ledger& ledger, PairSource& pairs,
                const Publisher& publisher, const Clock& clock, Random& random);

    // Asked for again with the same idempotency key it is the key that there is already: `refused` if
    // something else was asked for then, or if that key is gone. The mandate's organisation is that
    // of the key, where the request names none; `refused` where it names another.
    Result<Key> create(const KeyRequest& request, const Mandate& mandate = {},
                       const std::optional<IdempotencyKey>& once = std::nullopt);

    // By id, or by domain where only one key has it. `not_found` where the mandate is about another
    // organisation, `changed` where its condition is not met.
    Result<Key> find(const std::string& id_or_domain, const Mandate& mandate = {});
    Result<KeyPage> list(const KeyFilter& filter);

    // Stops the key at once and destroys its private keys (R9). Its records go when R3 allows. Deleting a
    // deleted key changes nothing and says the same.
    Result<Deletion> remove(const std::string& id_or_domain, const Mandate& mandate = {});

    const RegistrySettings& settings() const { return settings_; }
    const Clock& clock() const { return clock_; }

  private:
    // What is created.
    struct Plan {
        CheckedRequest request;
        std::vector<SealedPair> pairs;
        std::string actor;
        std::optional<IdempotencyKey> once;
    };
    Result<std::optional<Key>> try_create(const Plan& plan);
    Result<std::optional<Key>> find_earlier(const IdempotencyKey& once);
    Result<Key> find_named(const std::string& id_or_domain, const Mandate& mandate);
    Result<Deletion> try_remove(const std::string& id_or_domain, const Mandate& mandate);
    Result<std::vector<std::string>> selectors_for(const CheckedRequest& request);
    Result<std::string> draw_label(const dns::Name& zone);

    const RegistrySettings settings_;
    Store& store_;
    Ledger& ledger_;
    PairSource& pairs_;
    const Publisher& publisher_;
    const Clock& clock_;
    Random& random_;
};

}  // namespace custdkim
