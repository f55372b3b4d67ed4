// What the SQLite store's own sources share: its connection with the prepared statements.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "store/access_tables.hpp"
#include "store/administration_tables.hpp"
#include "store/event_table.hpp"
#include "store/key_rows.hpp"
#include "store/key_table.hpp"
#include "store/schema.hpp"
#include "store/sender_table.hpp"
#include "store/sqlite.hpp"
#include "store/sqlite_store.hpp"
#include "store/zone_table.hpp"

namespace custdkim {

namespace sqlite {

// wal_autocheckpoint, in pages: 32 MiB, so that a run of commits writes a page that all of them change back
// once. secure_delete: a destroyed private key (R9) is overwritten, not just forgotten. cache_size, in KiB:
// holds all pages that a commit of hundreds of changes touches, which would be logged twice otherwise.
inline constexpr std::string_view settings = R"sql(
    PRAGMA journal_mode = WAL;
    PRAGMA synchronous = FULL;
    PRAGMA foreign_keys = ON;
    PRAGMA wal_autocheckpoint = 8192;
    PRAGMA cache_size = -16384;
    PRAGMA secure_delete = ON;
    PRAGMA trusted_schema = OFF;
    PRAGMA cell_size_check = ON;
)sql";

// Runs what may throw Failure and answers with a Result.
template <typename Work>
auto guarded(Work work) -> Result<decltype(work())> {
    try {
        return work();
    } catch (const Failure& failure) {
        return failure.error;
    }
}

}  // namespace sqlite

// The connection and its prepared statements.
class SqliteStore::Sql {
  public:
    explicit Sql(const std::filesystem::path& file) : db(prepared(file, opened)) {}

  private:
    // The schema must stand before the statements below can be prepared.
    static sqlite::Database& prepared(const std::filesystem::path& file,
                                      std::unique_ptr<sqlite::Database>& opened) {
        opened = std::make_unique<sqlite::Database>(file);
        sqlite::check_ours(*opened);  // first of all: even journal_mode writes into the file
        opened->execute(std::string(sqlite::settings));
        sqlite::migrate(*opened);
        opened->empty_log();  // who was killed may have left destroyed private keys there (R9)
        return *opened;
    }
    std::unique_ptr<sqlite::Database> opened;

  public:
    sqlite::Database& db;
    sqlite::ZoneTable zones{db};
    sqlite::KeyTable keys{db};
    sqlite::EventTable events{db};
    sqlite::AdministrationTables administration{db};
    sqlite::AccessTables access{db};
    sqlite::SenderTable senders{db};
    sqlite::Statement find_private{db,
                                   "SELECT sealed FROM private_key JOIN key ON key.row = private_key.key"
                                   " WHERE key.id = ? AND pair = ?"};
    sqlite::Statement find_key{db, sqlite::select_keys("WHERE k.id = ?")};
    sqlite::Statement list_all{
        db, sqlite::select_keys("WHERE k.row IN (SELECT row FROM key WHERE row > ? ORDER BY row LIMIT ?)")};
    sqlite::Statement list_domain{
        db, sqlite::select_keys(
                "WHERE k.row IN (SELECT row FROM key WHERE row > ? AND domain = ? ORDER BY row LIMIT ?)")};
    sqlite::Statement list_org{
        db, sqlite::select_keys(
                "WHERE k.row IN (SELECT row FROM key WHERE row > ? AND org = ? ORDER BY row LIMIT ?)")};
    // A domain has few keys: its index is the one to go by, hence the plus.
    sqlite::Statement list_domain_of_org{
        db, sqlite::select_keys("WHERE k.row IN (SELECT row FROM key WHERE row > ? AND"
                                " domain = ? AND +org = ? ORDER BY row LIMIT ?)")};
    // In the order of domains, from one place up to another. Rows come in the order of their numbers: who
    // asks sorts them.
    sqlite::Statement list_from_domain{
        db, sqlite::select_keys("WHERE k.row IN (SELECT row FROM key INDEXED BY key_domain WHERE"
                                " (domain, row) > (?, ?) AND domain < ? ORDER BY domain, row LIMIT ?)")};
    sqlite::Statement list_from_domain_of_org{
        db,
        sqlite::select_keys("WHERE k.row IN (SELECT row FROM key INDEXED BY key_org_domain WHERE org = ? AND"
                            " (domain, row) > (?, ?) AND domain < ? ORDER BY domain, row LIMIT ?)")};
    sqlite::Statement every_key{db, sqlite::select_keys("")};
    sqlite::Statement count{db, "SELECT count(*) FROM key"};
    sqlite::Statement get_note{db, "SELECT value FROM meta WHERE name = ?"};
    sqlite::Statement set_note{db, "INSERT OR REPLACE INTO meta (name, value) VALUES (?, ?)"};

    // Bound.
    sqlite::Statement& list(const KeyFilter& filter, std::int64_t from, std::int64_t limit) {
        if (!filter.domain && filter.org.empty()) return list_all.bind(from, limit);
        if (!filter.domain) return list_org.bind(from, filter.org, limit);
        if (filter.org.empty()) return list_domain.bind(from, filter.domain->text(), limit);
        return list_domain_of_org.bind(from, filter.domain->text(), filter.org, limit);
    }

    sqlite::Statement& list_prefix(const KeyFilter& filter, std::string_view domain, std::int64_t row,
                                   std::string_view end, std::int64_t limit) {
        if (filter.org.empty()) return list_from_domain.bind(domain, row, end, limit);
        return list_from_domain_of_org.bind(filter.org, domain, row, end, limit);
    }

    // The first column of the only row there may be.
    static std::optional<Bytes> octets(sqlite::Statement& statement) {
        std::optional<Bytes> found;
        while (statement.step()) {
            const auto bytes = statement.blob(0);
            found.emplace(bytes.begin(), bytes.end());
        }
        return found;
    }
};

}  // namespace custdkim
