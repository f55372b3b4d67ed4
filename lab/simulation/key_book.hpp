// What the world knows of keys and pairs: which pair signs, since and until when in true time, and what the
// operator gave up. Filled from what the store holds after each commit. Not thread-safe.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "keys/key.hpp"
#include "lab/simulation/name_servers.hpp"

namespace custdkim::lab {

struct PairRecord {
    KeyNumber key = no_key;
    std::uint8_t slot = 0;
    TrueTime signs_since = never, signs_until = never;
    bool given_up = false;  // compromised or revoked on order

    static constexpr KeyNumber no_key = 0xffffffff;
};

struct KeyEntry {
    std::string id;
    bool is_live = false;
    Content signing = absent;  // the pair that a message is signed with now
    Content signed_before = absent;
    TrueTime moved_at = before_all;  // from that pair
    TrueTime asked_since = never;    // the first message: from then on resolvers ask for the key's names
};

// Signing moved, began (`from` absent) or ended (`to` absent).
struct Move {
    Content from = absent, to = absent;
};

class KeyBook {
  public:
    explicit KeyBook(std::size_t keys) : keys_(keys) {}

    // The number in Key::org, which the world gave it.
    static KeyNumber number_of(const Key& key);

    std::optional<Move> stored(const Key& key, TrueTime now);
    std::optional<Move> erased(const Key& key, TrueTime now);

    // The operator gave up mail that is signed with this pair, or with any of the key.
    void give_up(Content pair) { pair_at(pair).given_up = true; }
    void give_up_all(const Key& key);

    const KeyEntry& key(KeyNumber number) const { return keys_[number]; }
    void note_asked(KeyNumber number, TrueTime now);
    const PairRecord& pair(Content token) const { return pairs_[token]; }

  private:
    PairRecord& pair_at(Content token);
    std::optional<Move> move(KeyEntry& entry, Content to, TrueTime now);

    std::vector<KeyEntry> keys_;
    std::vector<PairRecord> pairs_;  // by token
};

}  // namespace custdkim::lab
