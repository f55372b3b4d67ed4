// The keys of the house: creating, finding, deleting. Checks the request, takes pairs, commits to the store,
// then shows the change in the zone. Decisions about time are keys/key_state.hpp's.
// Thread-safe; changes go one at a time, so that the zone shows them in the order of their serials (R6).
#pragma once

#include <mutex>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "base/random.hpp"
#include "base/result.hpp"
#include "keys/key_request.hpp"
#include "keys/pair_source.hpp"
#include "keys/publisher.hpp"
#include "keys/store.hpp"

namespace custdkim {

struct RegistrySettings {
    std::vector<dns::Name> zones;  // at least one; the first is the default
    Duration retention{};          // R3
};

struct Deletion {
    Key key;
    Timestamp withdraw_at{};
    bool withdrawn = false;  // already gone from the zone and the store
};

class KeyRegistry {
  public:
    // All references outlive the registry.
    KeyRegistry(RegistrySettings settings, Store& store, PairSource& pairs, Publisher& publisher,
                const Clock& clock, Random& random);

    Result<Key> create(const KeyRequest& request);

    // By id, or by domain where only one key has it.
    Result<Key> find(const std::string& id_or_domain);
    Result<KeyPage> list(const KeyFilter& filter);

    // Stops the key at once and destroys its private keys (R9). Its records go when R3 allows. Deleting a
    // deleted key changes nothing and says the same.
    Result<Deletion> remove(const std::string& id_or_domain);

    // Withdraws the records of deleted keys whose time has come; returns when the next one is due.
    Result<std::optional<Timestamp>> withdraw_due();

    Duration retention() const { return settings_.retention; }
    const Clock& clock() const { return clock_; }

  private:
    Result<std::optional<Key>> try_create(const CheckedRequest& request, std::vector<SealedPair>& pairs);
    Result<std::string> draw_label(const dns::Name& zone);
    Result<void> withdraw(const Key& key);

    const RegistrySettings settings_;
    Store& store_;
    PairSource& pairs_;
    Publisher& publisher_;
    const Clock& clock_;
    Random& random_;
    std::mutex changes_;
};

}  // namespace custdkim
