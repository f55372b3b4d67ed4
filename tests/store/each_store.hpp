// The contract suite runs over every store: TEMPLATE_TEST_CASE("...", "", EACH_STORE) { TestType world; ... }
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "keys/store.hpp"
#include "store/memory_store.hpp"
#include "store/sqlite_store.hpp"
#include "support/sample_keys.hpp"
#include "support/temporary_directory.hpp"

#define EACH_STORE MemoryWorld, SqliteWorld

namespace custdkim::test {

inline const dns::Name our_zone = name("custdkim.example.net");

inline Bytes bytes(std::string_view text) { return {text.begin(), text.end()}; }

// One private key for every pair of the key, none like another.
inline std::vector<SealedPrivateKey> secrets_of(const Key& key) {
    std::vector<SealedPrivateKey> secrets;
    for (const Slot& slot : key.slots) {
        for (const Pair& pair : slot.pairs) {
            secrets.push_back({pair.number, bytes("sealed " + key.id + " " + std::to_string(pair.number))});
        }
    }
    return secrets;
}

inline Key key_of(const std::string& domain, const std::string& id, const std::vector<std::string>& labels) {
    Key key = sample_key(id, labels);
    key.domain = name(domain);
    return key;
}

// Key n of a domain of its own.
inline Key numbered_key(int number) {
    const std::string id = std::to_string(10000 + number);
    return key_of("d" + id + ".example", "k" + id, {"a" + id, "b" + id});
}

inline Event event_of(const Key& key, const std::string& action) {
    return {0, new_year(), "operator", action, key.id, key.domain.text(), "because of " + action};
}

// A change to these facts, of a key as it is stored, that moves no serial.
inline Change change_to(const Key& key, std::vector<unsigned> destroy = {}) {
    return {key, {}, std::move(destroy), false, event_of(key, "change")};
}

// A store that knows our zone, and short words for what nearly every test does with it.
class World {
  public:
    explicit World(std::unique_ptr<DaemonStore> made) : store_(std::move(made)) { zone(); }

    Store& store() { return *store_; }
    AdministrationStore& administration() { return *store_; }
    AccessStore& access() { return *store_; }
    SenderStore& senders() { return *store_; }
    StoredZone zone(Timestamp now = new_year()) {
        return store_->open_zones({&our_zone, 1}, now).value().at(0);
    }

    // Inserts what must be free.
    Serial put(const Key& key, Timestamp now = new_year()) {
        const auto done = insert(key, now).value();
        if (done.status != Insertion::Status::done) throw std::logic_error(done.culprit + " is taken");
        return done.serial;
    }
    Result<Insertion> insert(const Key& key, Timestamp now = new_year()) {
        return store_->insert({key, secrets_of(key), event_of(key, "create")}, now);
    }
    Result<std::vector<Committed>> commit(const std::vector<Change>& changes, Timestamp now = new_year()) {
        return store_->commit(changes, now);
    }
    Committed commit(const Change& change, Timestamp now = new_year()) {
        return store_->commit({&change, 1}, now).value().at(0);
    }
    Result<Serial> erase(const Key& key, Timestamp now = new_year()) {
        return store_->erase(key, event_of(key, "withdraw"), now);
    }
    // The key as it is stored now.
    Key get(const std::string& id) { return store_->find(id).value().value(); }
    Result<Descriptor> copy(Timestamp now = new_year()) { return store_->copy(now); }
    std::uint64_t count() { return store_->count_keys().value(); }

  private:
    std::unique_ptr<DaemonStore> store_;
};

struct MemoryWorld : World {
    MemoryWorld() : World(std::make_unique<MemoryStore>()) {}
};

struct SqliteWorld : private TemporaryDirectory, World {
    SqliteWorld() : World(SqliteStore::open(path() / "keys.db").value()) {}
};

inline std::vector<std::string> ids(const std::vector<Key>& keys) {
    std::vector<std::string> ids;
    for (const Key& key : keys) ids.push_back(key.id);
    return ids;
}

using Ids = std::vector<std::string>;

}  // namespace custdkim::test
