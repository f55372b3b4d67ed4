// Addresses that may send, in SQLite. Every call belongs into a transaction of the caller's, where it changes
// something, and throws Failure.
#pragma once

#include <optional>
#include <string_view>

#include "keys/sender_store.hpp"
#include "store/sqlite.hpp"

namespace custdkim::sqlite {

class SenderTable {
  public:
    explicit SenderTable(Database& database) : database_(database) {}

    // As in SenderStore, without the events; `after` is its row.
    SenderPage list(const SenderFilter& filter, std::int64_t after);
    std::optional<Sender> find(std::string_view org, std::string_view address);
    std::optional<Sender> find_code(const Sha256& code);
    void put(const Sender& sender);
    void remove(std::string_view org, std::string_view address);

  private:
    static constexpr std::string_view columns =
        "SELECT row, org, address, domain, added_at, confirmed_at, code, code_ends_at FROM sender ";
    // One statement for each kind of list, so that each goes by its own index.
    static std::string list_by(std::string_view what) {
        return std::string(columns) + "WHERE row > ?1 " + std::string(what) +
               " AND (?2 IS NULL OR (confirmed_at IS NOT NULL) = ?2) ORDER BY row LIMIT ?3";
    }

    Database& database_;
    Statement list_all_{database_, list_by("")};
    Statement list_org_{database_, list_by("AND org = ?4")};
    Statement list_domain_{database_, list_by("AND domain = ?4")};
    // A domain has fewer than an organisation may have: its index is the one to go by, hence the plus.
    Statement list_both_{database_, list_by("AND domain = ?4 AND +org = ?5")};
    Statement find_{database_, std::string(columns) + "WHERE address = ? AND org = ?"};
    Statement find_code_{database_, std::string(columns) + "WHERE code = ?"};
    Statement has_org_{database_, "SELECT 1 FROM organisation WHERE name = ?"};
    Statement put_{database_,
                   "INSERT INTO sender (org, address, domain, added_at, confirmed_at, code, code_ends_at)"
                   " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7) ON CONFLICT (address, org) DO UPDATE SET"
                   " added_at = ?4, confirmed_at = ?5, code = ?6, code_ends_at = ?7"};
    Statement remove_{database_, "DELETE FROM sender WHERE address = ? AND org = ?"};
};

}  // namespace custdkim::sqlite
