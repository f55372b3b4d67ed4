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
#include "keys/pair_source.hpp"
#include "keys/policy.hpp"
#include "keys/publisher.hpp"
#include "keys/store.hpp"

namespace custdkim {

struct RegistrySettings {
    std::vector<dns::Name> zones;  // at least one; the first is the default
    PolicyOf policy;
    std::function<ClockSteps()> clock_steps = [] { return ClockSteps(); };
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

    Result<Key> create(const KeyRequest& request);

    // By id, or by domain where only one key has it.
    Result<Key> find(const std::string& id_or_domain);
    Result<KeyPage> list(const KeyFilter& filter);

    // Stops the key at once and destroys its private keys (R9). Its records go when R3 allows. Deleting a
    // deleted key changes nothing and says the same.
    Result<Deletion> remove(const std::string& id_or_domain);

    const RegistrySettings& settings() const { return settings_; }
    const Clock& clock() const { return clock_; }

  private:
    Result<std::optional<Key>> try_create(const CheckedRequest& request, std::vector<SealedPair>& pairs);
    Result<Deletion> try_remove(const std::string& id_or_domain);
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
