// Bearer tokens, organisations and idempotency keys in SQLite. Every call belongs into a transaction of the
// caller's, where it changes something, and throws Failure.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "keys/access_store.hpp"
#include "keys/store.hpp"
#include "store/sqlite.hpp"

namespace custdkim::sqlite {

class AccessTables {
  public:
    explicit AccessTables(Database& database) : database_(database) {}

    // As in AccessStore, without the events.
    std::vector<Token> tokens();
    void put_token(const Token& token);
    void forget_token(std::string_view id);
    std::vector<Organisation> organisations(std::string_view after, std::size_t limit);
    std::optional<Organisation> organisation(std::string_view name);
    void add_organisation(const Organisation& organisation);
    void set_organisation(const Organisation& organisation);
    void remove_organisation(std::string_view name, Timestamp now);
    std::uint64_t count_keys_of(std::string_view organisation);

    // Where the organisation is there already, it stays as it is.
    void ensure_organisation(std::string_view name, Timestamp now);

    // As Store::earlier().
    std::optional<EarlierCreation> earlier(std::string_view caller, std::string_view key, Timestamp now);
    // Enters it, and drops some of those that are old or too many.
    void keep(const IdempotencyKey& once, std::string_view key_id, Timestamp now);

  private:
    std::int64_t count(Statement& bound);
    void add(const Organisation& organisation);  // where there is none of that name

    Database& database_;
    Statement every_token_{database_,
                           "SELECT id, name, digest, scopes, org, created_at, expires_at, last_used_at,"
                           " revoked_at FROM token ORDER BY row"};
    Statement set_token_{database_, "UPDATE token SET last_used_at = ?, revoked_at = ? WHERE id = ?"};
    Statement add_token_{database_,
                         "INSERT INTO token (id, name, digest, scopes, org, created_at, expires_at,"
                         " last_used_at, revoked_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"};
    Statement forget_token_{database_, "DELETE FROM token WHERE id = ?"};
    Statement list_organisations_{database_,
                                  "SELECT name, description, created_at, verifies_users, unsigned_mail"
                                  " FROM organisation WHERE name > ? ORDER BY name LIMIT ?"};
    Statement find_organisation_{database_,
                                 "SELECT name, description, created_at, verifies_users, unsigned_mail"
                                 " FROM organisation WHERE name = ?"};
    Statement add_organisation_{
        database_,
        "INSERT OR IGNORE INTO organisation (name, description, created_at, verifies_users,"
        " unsigned_mail) VALUES (?, ?, ?, ?, ?)"};
    Statement set_organisation_{
        database_,
        "UPDATE organisation SET description = ?, verifies_users = ?, unsigned_mail = ? WHERE name = ?"};
    Statement remove_senders_{database_, "DELETE FROM sender WHERE org = ?"};
    Statement remove_organisation_{database_, "DELETE FROM organisation WHERE name = ?"};
    Statement count_keys_{database_, "SELECT count(*) FROM key WHERE org = ?"};
    Statement count_tokens_{database_,
                            "SELECT count(*) FROM token WHERE org = ? AND revoked_at IS NULL"
                            " AND (expires_at IS NULL OR expires_at > ?)"};
    Statement find_earlier_{database_,
                            "SELECT key_id, request FROM idempotency_key"
                            " WHERE caller = ? AND key = ? AND at > ?"};
    Statement keep_{database_,
                    "INSERT OR REPLACE INTO idempotency_key (caller, key, request, key_id, at)"
                    " VALUES (?, ?, ?, ?, ?)"};
    // A few of the oldest: as many as an insertion adds, and some.
    Statement drop_old_{database_,
                        "DELETE FROM idempotency_key WHERE row IN"
                        " (SELECT row FROM idempotency_key ORDER BY row LIMIT 4)"
                        " AND (at <= ? OR row <= ?)"};
};

}  // namespace custdkim::sqlite
