// The store port: where keys are kept. Every call is one transaction (R10): what it acknowledges survives
// kill -9 and, with the SQLite store, a power cut; what it refuses has changed nothing.
// Implemented in store/. Thread-safe.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "base/time.hpp"
#include "keys/key.hpp"
#include "keys/serial.hpp"

namespace custdkim {

struct StoredZone {
    std::uint32_t id = 0;  // stable for ever: PowerDNS remembers it across our restarts
    dns::Name name;
    Serial serial = 0;
};

struct SealedPrivateKey {
    unsigned pair = 0;  // Pair::number
    Bytes sealed;
};

struct KeyFilter {
    std::optional<dns::Name> domain;
    std::string after;  // KeyPage::next of the page before
    std::size_t limit = 100;
};

struct KeyPage {
    std::vector<Key> keys;  // oldest first
    std::string next;       // empty: there are no more
};

// What became of an insertion.
struct Insertion {
    enum class Status { done, label_taken, selector_taken } status = Status::done;
    Serial serial = 0;    // of the key's zone, if done
    std::string culprit;  // the label or the selector, if taken
};

class Store {
  public:
    virtual ~Store() = default;

    // The key zones with their ids and serials. Zones not seen before are entered. `conflict` if the store
    // holds keys of a zone that is not among them.
    virtual Result<std::vector<StoredZone>> open_zones(std::span<const dns::Name> zones, Timestamp now) = 0;

    // Moves the zone's serial, for a change that is not in the store: other static records, an older store.
    virtual Result<Serial> move_serial(const dns::Name& zone, Timestamp now) = 0;

    // Enters the key with its private keys, issues its labels for ever (R8), and moves the zone's serial.
    virtual Result<Insertion> insert(const Key& key, std::span<const SealedPrivateKey> private_keys,
                                     Timestamp now) = 0;

    // Replaces the key where its stored version is key.version, and counts that up; `conflict` otherwise.
    // Private keys whose pair is in `destroy` are erased for good.
    virtual Result<void> update(const Key& key, std::span<const unsigned> destroy) = 0;

    // Erases the key and its private keys and moves the zone's serial. Its labels stay issued.
    virtual Result<Serial> erase(const Key& key, Timestamp now) = 0;

    virtual Result<std::optional<Key>> find(std::string_view id) = 0;
    virtual Result<KeyPage> list(const KeyFilter& filter) = 0;
    virtual Result<std::vector<Key>> deleted_keys() = 0;
    virtual Result<std::vector<std::string>> selectors_in_use(const dns::Name& domain) = 0;
    virtual Result<std::uint64_t> count_keys() = 0;

    // Every key once, in no particular order.
    virtual Result<void> for_each_key(const std::function<void(const Key&)>& visit) = 0;

    virtual Result<std::optional<Bytes>> private_key(std::string_view key_id, unsigned pair) = 0;

    // The sealed check that tells whether the master key is the one that this store was filled under.
    virtual Result<std::optional<Bytes>> master_key_check() = 0;
    virtual Result<void> set_master_key_check(const Bytes& check) = 0;
};

}  // namespace custdkim
