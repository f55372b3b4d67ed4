// Private keys on their way from the store to signatures (R9): unsealed when a message has to be signed, kept
// in locked memory for a few seconds, since mail comes in bursts, and wiped. A key that changes is forgotten
// at once, so that no pair signs a moment longer than it should (R2). Thread-safe.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <list>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>

#include "base/clock.hpp"
#include "keys/private_key.hpp"
#include "keys/sealing.hpp"
#include "keys/store.hpp"

namespace custdkim {

struct PrivateKeyLimits {
    Duration keep{10};        // since it was unsealed; 0: each signature unseals it anew
    std::size_t most = 1024;  // of whatever type; then the oldest goes
};

class PrivateKeys {
  public:
    PrivateKeys(Store& store, const Sealer& sealer, const Clock& clock, PrivateKeyLimits limits = {});

    // Of the pair of `key` that signs (keys/rotation_turn.hpp), and of no other. Nothing where the store has
    // it no more, since signing has moved meanwhile; `refused` if no pair signs, `corrupt` if what is stored
    // is not this pair's.
    Result<std::shared_ptr<const PrivateKey>> of(const Key& key);

    // One that is kept; nothing where it is not.
    std::shared_ptr<const PrivateKey> kept(const std::string& key_id, unsigned pair);

    // What has changed, or was given up. Whoever holds one goes on with it; nobody gets it any more.
    void forget(std::string_view key_id);

    // Of those that are older than they may be. Whoever asks for a key does this on the way.
    void forget_old();

    std::size_t size() const;  // keys that are kept

  private:
    struct Kept {
        std::string key_id;
        unsigned pair = 0;  // Pair::number
        Timestamp since;
        std::shared_ptr<const PrivateKey> key;
    };

    std::shared_ptr<const PrivateKey> find(const std::string& key_id, unsigned pair);
    Result<std::shared_ptr<const PrivateKey>> unseal(const Key& key, const Pair& pair) const;
    void keep(Kept kept, std::uint64_t changes);
    void drop(std::string_view key_id);
    void drop_old();

    Store& store_;
    const Sealer& sealer_;
    const Clock& clock_;
    const PrivateKeyLimits limits_;
    mutable std::mutex mutex_;                                               // of all below
    std::list<Kept> kept_;                                                   // the oldest first
    std::unordered_map<std::string_view, std::list<Kept>::iterator> by_id_;  // of those
    std::uint64_t changes_ = 0;
};

}  // namespace custdkim
