// Keys in SQLite as they are written: the tables key, slot, pair, private_key and issued_label. They are read
// through store/key_rows.hpp. Every call belongs into a transaction of the caller's and throws Failure.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "keys/store.hpp"
#include "store/key_rows.hpp"
#include "store/sqlite.hpp"

namespace custdkim::sqlite {

class KeyTable {
  public:
    explicit KeyTable(Database& database) : database_(database) {}

    std::vector<std::string> selectors_of(const dns::Name& domain);

    // The key's first label that was issued before, or that it has twice.
    std::optional<std::string> issued_label(const Key& key);

    // All three return the key's row. Change and erasure do nothing where the stored version is not the
    // key's.
    std::int64_t add(const Key& key, std::int64_t zone, std::span<const SealedPrivateKey> private_keys,
                     Timestamp now);
    std::optional<std::int64_t> change(const Change& change);
    std::optional<std::int64_t> erase(const Key& key);

  private:
    struct Found {
        std::int64_t row = 0;
        bool same_for_ever = false;  // what no change may touch, but for the slots
    };
    std::optional<Found> find(const Key& key);
    void set_check(std::int64_t row, std::size_t position, const SlotCheck& check);
    void set_pairs(std::int64_t row, std::size_t position, const std::vector<Pair>& before,
                   const std::vector<Pair>& after);
    void add_private_keys(std::int64_t row, std::span<const SealedPrivateKey> private_keys);

    Database& database_;
    Statement selectors_{database_,
                         "SELECT selector FROM slot JOIN key ON key.row = slot.key WHERE domain = ?"};
    Statement is_issued_{database_, "SELECT 1 FROM issued_label WHERE label = ?"};
    Statement issue_{database_, "INSERT INTO issued_label (label, zone, issued_at) VALUES (?, ?, ?)"};
    Statement add_key_{
        database_,
        "INSERT INTO key (id, zone, domain, match, type, org, version, created_at, activated_at,"
        " rotation_requested_at, revoked_at, deleted_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"};
    Statement find_{database_,
                    "SELECT k.row, z.name, k.domain, k.type FROM key k LEFT JOIN zone z ON z.id = k.zone"
                    " WHERE k.id = ? AND k.version = ?"};
    SlotRows slots_{database_};
    Statement set_key_{database_,
                       "UPDATE key SET version = version + 1, match = ?, org = ?, activated_at = ?,"
                       " rotation_requested_at = ?, revoked_at = ?, deleted_at = ? WHERE row = ?"};
    Statement erase_{database_, "DELETE FROM key WHERE row = ?"};
    Statement add_erased_{database_, "INSERT INTO erased_key (id, row) VALUES (?, ?)"};
    Statement add_slot_{database_, "INSERT INTO slot (key, position, selector, label) VALUES (?, ?, ?, ?)"};
    Statement set_check_{
        database_,
        "UPDATE slot SET outcome = ?, cause = ?, detail = ?, fix = ?, checked_at = ?, verified_at = ?,"
        " verified_pair = ?, passing_since = ?, candidates = ?, evidence = ?, failing_since = ?,"
        " last_failed_at = ?, failed_looks = ? WHERE key = ? AND position = ?"};
    Statement set_pair_{
        database_,
        "INSERT OR REPLACE INTO pair (key, slot, number, public_key, created_at, published_at, visible_at,"
        " signing_since, retired_at, compromised_at, revoked_at, destroyed_at, revealed)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"};
    Statement drop_pair_{database_, "DELETE FROM pair WHERE key = ? AND slot = ? AND number = ?"};
    Statement add_private_key_{database_, "INSERT INTO private_key (key, pair, sealed) VALUES (?, ?, ?)"};
    Statement destroy_{database_, "DELETE FROM private_key WHERE key = ? AND pair = ?"};
};

}  // namespace custdkim::sqlite
