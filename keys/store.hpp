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
#include "keys/digest.hpp"
#include "keys/event.hpp"
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
    std::string org = {};     // "": of all organisations
    std::string prefix = {};  // of domains, as A-labels; then they come in the order of these, `domain` aside
};

struct KeyPage {
    std::vector<Key> keys;             // oldest first
    std::vector<std::string> cursors;  // of each key: what to go on behind it with
    std::string next;                  // empty: there are no more
};

// What makes a creation safe to be asked for twice (draft-ietf-httpapi-idempotency-key-header): the same key
// of the same caller means the same creation, for so long, or until so many newer ones came.
struct IdempotencyKey {
    std::string caller;  // Caller::name
    std::string key;
    Sha256 request{};  // a digest of what was asked for
};
inline constexpr Duration idempotency_lifetime = std::chrono::hours(24);
inline constexpr std::size_t most_idempotency_keys = 100'000;

// What came of it before.
struct EarlierCreation {
    std::string key_id;
    Sha256 request{};
};

// A key that is new.
struct Creation {
    Key key;
    std::vector<SealedPrivateKey> private_keys;
    Event event;  // as in Change
    std::optional<IdempotencyKey> once = {};
};

// What became of a creation.
struct Insertion {
    // `repeated`: there is an EarlierCreation.
    enum class Status { done, label_taken, selector_taken, repeated } status = Status::done;
    Serial serial = 0;    // of the key's zone, if done
    std::string culprit;  // the label or the selector, if taken
};

// One step of one key: all of it is committed, or nothing.
struct Change {
    Key key;                            // as it shall be; its version is the one that it replaces
    std::vector<SealedPrivateKey> add;  // private keys of pairs that are new
    std::vector<unsigned> destroy;      // Pair::number of private keys that are erased for good (R9)
    bool moves_serial = false;          // the records changed (R6)
    Event event;                        // its number is ignored; none without an action
    std::vector<Event> also = {};       // what else is told of this step, behind that
};

// What became of a change. `done` is false where the stored version was another one: nothing was changed
// then.
struct Committed {
    bool done = false;
    Serial serial = 0;  // of the key's zone, behind this change
};

class Store {
  public:
    virtual ~Store() = default;

    // The key zones with their ids and serials. Zones not seen before are entered. `conflict` if the store
    // holds keys of a zone that is not among them.
    virtual Result<std::vector<StoredZone>> open_zones(std::span<const dns::Name> zones, Timestamp now) = 0;

    // Moves the zone's serial, for a change that is not in the store: other static records, an older store.
    virtual Result<Serial> move_serial(const dns::Name& zone, Timestamp now) = 0;

    // Enters the key with its private keys, issues its labels for ever (R8), and moves the zone's serial. Its
    // organisation is there from then on.
    virtual Result<Insertion> insert(const Creation& creation, Timestamp now) = 0;

    // What the same caller created with the same key.
    virtual Result<std::optional<EarlierCreation>> earlier(std::string_view caller, std::string_view key,
                                                           Timestamp now) = 0;

    // Each change replaces its key where the stored version is Change::key.version, and counts that up. Many
    // changes share one transaction, and so the wait for the disk: one Committed for each, in their order.
    // An Error means that none was made.
    virtual Result<std::vector<Committed>> commit(std::span<const Change> changes, Timestamp now) = 0;

    // Nothing more comes for now: what a run of large commits has put off is done. Private keys that they
    // destroyed are gone by then (R9), and within a second or two in any case where commits go on.
    virtual void catch_up() = 0;

    // Erases the key and its private keys and moves the zone's serial. Its labels stay issued, its events
    // stay. `conflict` where the stored version is not key.version.
    virtual Result<Serial> erase(const Key& key, const Event& event, Timestamp now) = 0;

    virtual Result<std::optional<Key>> find(std::string_view id) = 0;
    virtual Result<KeyPage> list(const KeyFilter& filter) = 0;
    virtual Result<std::vector<std::string>> selectors_in_use(const dns::Name& domain) = 0;
    virtual Result<std::uint64_t> count_keys() = 0;

    // Every key once, in no particular order.
    virtual Result<void> for_each_key(const std::function<void(const Key&)>& visit) = 0;

    virtual Result<std::optional<Bytes>> private_key(std::string_view key_id, unsigned pair) = 0;

    // The audit log, oldest first.
    virtual Result<std::vector<Event>> events(const EventFilter& filter) = 0;

    // Small facts about the store as a whole, by name.
    virtual Result<std::optional<Bytes>> note(std::string_view name) = 0;
    virtual Result<void> set_note(std::string_view name, const Bytes& value) = 0;
};

}  // namespace custdkim
