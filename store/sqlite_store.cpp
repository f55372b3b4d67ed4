#include "store/sqlite_store.hpp"

#include <algorithm>

#include "store/access_tables.hpp"
#include "store/administration_tables.hpp"
#include "store/event_table.hpp"
#include "store/file_lock.hpp"
#include "store/key_rows.hpp"
#include "store/key_table.hpp"
#include "store/outcomes.hpp"
#include "store/schema.hpp"
#include "store/sqlite.hpp"
#include "store/store_copy.hpp"
#include "store/zone_table.hpp"

namespace custdkim {

using sqlite::Database;
using sqlite::Failure;
using sqlite::read_keys;
using sqlite::select_keys;
using sqlite::Statement;
using sqlite::Transaction;

namespace {

constexpr std::size_t large_commit = 64;  // changes; such commits come in runs

// wal_autocheckpoint, in pages: 32 MiB, so that a run of commits writes a page that all of them change back
// once. secure_delete: a destroyed private key (R9) is overwritten, not just forgotten. cache_size, in KiB:
// holds all pages that a commit of hundreds of changes touches, which would be logged twice otherwise.
constexpr std::string_view settings = R"sql(
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

}  // namespace

// The connection and its prepared statements.
class SqliteStore::Sql {
  public:
    explicit Sql(const std::filesystem::path& file) : db(prepared(file, opened)) {}

  private:
    // The schema must stand before the statements below can be prepared.
    static Database& prepared(const std::filesystem::path& file, std::unique_ptr<Database>& opened) {
        opened = std::make_unique<Database>(file);
        sqlite::check_ours(*opened);  // first of all: even journal_mode writes into the file
        opened->execute(std::string(settings));
        sqlite::migrate(*opened);
        opened->empty_log();  // who was killed may have left destroyed private keys there (R9)
        return *opened;
    }
    std::unique_ptr<Database> opened;

  public:
    Database& db;
    sqlite::ZoneTable zones{db};
    sqlite::KeyTable keys{db};
    sqlite::EventTable events{db};
    sqlite::AdministrationTables administration{db};
    sqlite::AccessTables access{db};
    Statement find_private{db,
                           "SELECT sealed FROM private_key JOIN key ON key.row = private_key.key"
                           " WHERE key.id = ? AND pair = ?"};
    Statement find_key{db, select_keys("WHERE k.id = ?")};
    Statement list_all{
        db, select_keys("WHERE k.row IN (SELECT row FROM key WHERE row > ? ORDER BY row LIMIT ?)")};
    Statement list_domain{
        db, select_keys(
                "WHERE k.row IN (SELECT row FROM key WHERE row > ? AND domain = ? ORDER BY row LIMIT ?)")};
    Statement list_org{
        db,
        select_keys("WHERE k.row IN (SELECT row FROM key WHERE row > ? AND org = ? ORDER BY row LIMIT ?)")};
    // A domain has few keys: its index is the one to go by, hence the plus.
    Statement list_domain_of_org{db, select_keys("WHERE k.row IN (SELECT row FROM key WHERE row > ? AND"
                                                 " domain = ? AND +org = ? ORDER BY row LIMIT ?)")};
    Statement every_key{db, select_keys("")};
    Statement count{db, "SELECT count(*) FROM key"};
    Statement get_note{db, "SELECT value FROM meta WHERE name = ?"};
    Statement set_note{db, "INSERT OR REPLACE INTO meta (name, value) VALUES (?, ?)"};

    // Bound.
    Statement& list(const KeyFilter& filter, std::int64_t from, std::int64_t limit) {
        if (!filter.domain && filter.org.empty()) return list_all.bind(from, limit);
        if (!filter.domain) return list_org.bind(from, filter.org, limit);
        if (filter.org.empty()) return list_domain.bind(from, filter.domain->text(), limit);
        return list_domain_of_org.bind(from, filter.domain->text(), filter.org, limit);
    }

    // The first column of the only row there may be.
    static std::optional<Bytes> octets(Statement& statement) {
        std::optional<Bytes> found;
        while (statement.step()) {
            const auto bytes = statement.blob(0);
            found.emplace(bytes.begin(), bytes.end());
        }
        return found;
    }
};

SqliteStore::SqliteStore(std::filesystem::path file, Descriptor lock, std::unique_ptr<Sql> sql)
    : file_(std::move(file)), lock_(std::move(lock)), sql_(std::move(sql)) {}

SqliteStore::~SqliteStore() = default;

Result<std::unique_ptr<SqliteStore>> SqliteStore::open(const std::filesystem::path& file) {
    auto lock = lock_file(file);
    if (!lock) return lock.error();
    remove_unfinished_copy(file);
    return guarded([&] {
        return std::unique_ptr<SqliteStore>(
            new SqliteStore(file, std::move(*lock), std::make_unique<Sql>(file)));
    });
}

Result<std::vector<StoredZone>> SqliteStore::open_zones(std::span<const dns::Name> zones, Timestamp now) {
    const std::lock_guard lock(mutex_);
    return guarded([&] {
        Transaction transaction(sql_->db);
        auto opened = sql_->zones.open(zones, now);
        transaction.commit();
        return opened;
    });
}

Result<Serial> SqliteStore::move_serial(const dns::Name& zone, Timestamp now) {
    const std::lock_guard lock(mutex_);
    return guarded([&] {
        Transaction transaction(sql_->db);
        const Serial serial = sql_->zones.move_serial(sql_->zones.find(zone), now);
        transaction.commit();
        return serial;
    });
}

Result<Insertion> SqliteStore::insert(const Creation& creation, Timestamp now) {
    const Key& key = creation.key;
    const auto& once = creation.once;
    const std::lock_guard lock(mutex_);
    return guarded([&]() -> Insertion {
        Transaction transaction(sql_->db);
        if (once && sql_->access.earlier(once->caller, once->key, now)) {
            return {Insertion::Status::repeated, 0, ""};
        }
        const auto in_use = sql_->keys.selectors_of(key.domain);
        for (const Slot& slot : key.slots) {
            if (std::find(in_use.begin(), in_use.end(), slot.selector) != in_use.end()) {
                return {Insertion::Status::selector_taken, 0, slot.selector};
            }
        }
        if (const auto label = sql_->keys.issued_label(key)) {
            return {Insertion::Status::label_taken, 0, *label};
        }
        const StoredZone zone = sql_->zones.find(key.zone);
        const Serial serial = sql_->zones.move_serial(zone, now);
        sql_->access.ensure_organisation(key.org, now);
        sql_->events.add(creation.event, sql_->keys.add(key, zone.id, creation.private_keys, now), key.org);
        if (once) sql_->access.keep(*once, key.id, now);
        transaction.commit();
        return {Insertion::Status::done, serial, ""};
    });
}

Result<std::vector<Committed>> SqliteStore::commit(std::span<const Change> changes, Timestamp now) {
    const std::lock_guard lock(mutex_);
    return guarded([&] {
        std::vector<Committed> committed;
        bool destroyed = false;
        Transaction transaction(sql_->db);
        for (const Change& change : changes) {
            Committed& what = committed.emplace_back();
            const auto row = sql_->keys.change(change);
            if (!row) continue;
            what.done = true;
            const StoredZone zone = sql_->zones.find(change.key.zone);
            what.serial = change.moves_serial ? sql_->zones.move_serial(zone, now) : zone.serial;
            sql_->events.add(change.event, *row, change.key.org);
            for (const Event& event : change.also) sql_->events.add(event, *row, change.key.org);
            destroyed = destroyed || !change.destroy.empty();
        }
        transaction.commit();
        if (destroyed && !log_holds_secrets_since_) log_holds_secrets_since_ = now;
        if (log_holds_secrets_since_) empty_log(changes.size(), now);
        return committed;
    });
}

// To empty the log writes every page once more and waits for the disk, twice. A run of large commits shares
// that.
void SqliteStore::empty_log(std::size_t changes, Timestamp now) {
    if (changes >= large_commit && log_holds_secrets_since_ == now) return;
    if (sql_->db.empty_log()) log_holds_secrets_since_.reset();  // else somebody reads: with the next commit
}

void SqliteStore::catch_up() {
    const std::lock_guard lock(mutex_);
    if (log_holds_secrets_since_) empty_log(0, *log_holds_secrets_since_);
}

Result<Serial> SqliteStore::erase(const Key& key, const Event& event, Timestamp now) {
    const std::lock_guard lock(mutex_);
    return guarded([&] {
        Transaction transaction(sql_->db);
        const auto row = sql_->keys.erase(key);
        if (!row) throw Failure{outcomes::changed_meanwhile(key.id)};
        const Serial serial = sql_->zones.move_serial(sql_->zones.find(key.zone), now);
        sql_->events.add(event, *row, key.org);
        transaction.commit();
        log_holds_secrets_since_ = now;
        empty_log(1, now);
        return serial;
    });
}

Result<std::optional<EarlierCreation>> SqliteStore::earlier(std::string_view caller, std::string_view key,
                                                            Timestamp now) {
    const std::lock_guard lock(mutex_);
    return guarded([&] { return sql_->access.earlier(caller, key, now); });
}

Result<std::optional<Key>> SqliteStore::find(std::string_view id) {
    const std::lock_guard lock(mutex_);
    return guarded([&] {
        std::optional<Key> found;
        read_keys(sql_->find_key.bind(id), [&](std::int64_t, Key&& key) { found = std::move(key); });
        return found;
    });
}

Result<KeyPage> SqliteStore::list(const KeyFilter& filter) {
    const auto after = outcomes::read_cursor(filter.after);
    if (!after) return after.error();
    const std::lock_guard lock(mutex_);
    return guarded([&] {
        const auto from = static_cast<std::int64_t>(*after);
        const auto limit = std::min<std::uint64_t>(filter.limit, INT64_MAX - 1);
        const auto one_more = static_cast<std::int64_t>(limit) + 1;
        Statement& statement = sql_->list(filter, from, one_more);
        KeyPage page;
        std::int64_t last = 0;
        read_keys(statement, [&](std::int64_t row, Key&& key) {
            if (page.keys.size() == filter.limit) {
                page.next = std::to_string(last);
                return;
            }
            page.keys.push_back(std::move(key));
            last = row;
        });
        return page;
    });
}

Result<std::vector<std::string>> SqliteStore::selectors_in_use(const dns::Name& domain) {
    const std::lock_guard lock(mutex_);
    return guarded([&] { return sql_->keys.selectors_of(domain); });
}

Result<std::uint64_t> SqliteStore::count_keys() {
    const std::lock_guard lock(mutex_);
    return guarded([&] {
        sql_->count.bind().step();
        const auto keys = static_cast<std::uint64_t>(sql_->count.number(0));
        sql_->count.step();
        return keys;
    });
}

Result<void> SqliteStore::for_each_key(const std::function<void(const Key&)>& visit) {
    const std::lock_guard lock(mutex_);
    const auto done = guarded([&] {
        read_keys(sql_->every_key.bind(), [&](std::int64_t, Key&& key) { visit(key); });
        return true;
    });
    if (!done) return done.error();
    return {};
}

Result<std::optional<Bytes>> SqliteStore::private_key(std::string_view key_id, unsigned pair) {
    const std::lock_guard lock(mutex_);
    return guarded([&] { return Sql::octets(sql_->find_private.bind(key_id, std::int64_t{pair})); });
}

Result<std::vector<Event>> SqliteStore::events(const EventFilter& filter) {
    const std::lock_guard lock(mutex_);
    return guarded([&] { return sql_->events.list(filter); });
}

Result<std::optional<Bytes>> SqliteStore::note(std::string_view name) {
    const std::lock_guard lock(mutex_);
    return guarded([&] { return Sql::octets(sql_->get_note.bind(name)); });
}

Result<void> SqliteStore::set_note(std::string_view name, const Bytes& value) {
    const std::lock_guard lock(mutex_);
    const auto done = guarded([&] {
        sql_->set_note.bind(name, std::span(value)).run();
        return true;
    });
    if (!done) return done.error();
    return {};
}

Result<Descriptor> SqliteStore::copy(Timestamp now) {
    const std::unique_lock alone(copying_, std::try_to_lock);
    if (!alone) return Error{Errc::busy, "another backup is being made; try again when it is done"};
    return copy_store(file_, now);
}

Result<std::vector<SealedMetadata>> SqliteStore::all_metadata() {
    const std::lock_guard lock(mutex_);
    return guarded([&] { return sql_->administration.all_metadata(); });
}

Result<std::vector<SealedDomainKey>> SqliteStore::all_domain_keys() {
    const std::lock_guard lock(mutex_);
    return guarded([&] { return sql_->administration.all_domain_keys(); });
}

Result<std::vector<SealedTsigKey>> SqliteStore::all_tsig_keys() {
    const std::lock_guard lock(mutex_);
    return guarded([&] { return sql_->administration.all_tsig_keys(); });
}

template <typename Work>
Result<void> SqliteStore::administer(Work work) {
    const std::lock_guard lock(mutex_);
    const auto done = guarded([&] {
        work(sql_->administration);
        return true;
    });
    if (!done) return done.error();
    if (!sql_->db.empty_log() && !log_holds_secrets_since_) log_holds_secrets_since_ = Timestamp{};
    return {};
}

Result<void> SqliteStore::set_metadata(const SealedMetadata& metadata) {
    return administer([&](auto& tables) { tables.set_metadata(metadata); });
}

Result<void> SqliteStore::remove_metadata(std::uint32_t zone, std::string_view kind) {
    return administer([&](auto& tables) { tables.remove_metadata(zone, kind); });
}

Result<std::uint32_t> SqliteStore::add_domain_key(const SealedDomainKey& key) {
    const std::lock_guard lock(mutex_);
    return guarded([&] { return sql_->administration.add_domain_key(key); });
}

Result<void> SqliteStore::set_domain_key(std::uint32_t zone, std::uint32_t id, bool active, bool published) {
    return administer([&](auto& tables) { tables.set_domain_key(zone, id, active, published); });
}

Result<void> SqliteStore::remove_domain_key(std::uint32_t zone, std::uint32_t id) {
    return administer([&](auto& tables) { tables.remove_domain_key(zone, id); });
}

Result<void> SqliteStore::set_tsig_key(const SealedTsigKey& key) {
    return administer([&](auto& tables) { tables.set_tsig_key(key); });
}

Result<void> SqliteStore::remove_tsig_key(std::string_view name) {
    return administer([&](auto& tables) { tables.remove_tsig_key(name); });
}

Result<std::vector<Token>> SqliteStore::tokens() {
    const std::lock_guard lock(mutex_);
    return guarded([&] { return sql_->access.tokens(); });
}

template <typename Work>
Result<void> SqliteStore::change_access(const Event& event, Work work) {
    const std::lock_guard lock(mutex_);
    const auto done = guarded([&] {
        Transaction transaction(sql_->db);
        work(sql_->access);
        sql_->events.add(event, 0, event.org);
        transaction.commit();
        return true;
    });
    if (!done) return done.error();
    return {};
}

Result<void> SqliteStore::put_token(const Token& token, const Event& event) {
    return change_access(event, [&](auto& tables) { tables.put_token(token); });
}

Result<void> SqliteStore::forget_token(std::string_view id) {
    return change_access({}, [&](auto& tables) { tables.forget_token(id); });
}

Result<std::vector<Organisation>> SqliteStore::organisations(std::string_view after, std::size_t limit) {
    const std::lock_guard lock(mutex_);
    return guarded([&] { return sql_->access.organisations(after, limit); });
}

Result<std::optional<Organisation>> SqliteStore::organisation(std::string_view name) {
    const std::lock_guard lock(mutex_);
    return guarded([&] { return sql_->access.organisation(name); });
}

Result<void> SqliteStore::add_organisation(const Organisation& organisation, const Event& event) {
    return change_access(event, [&](auto& tables) { tables.add_organisation(organisation); });
}

Result<void> SqliteStore::remove_organisation(std::string_view name, const Event& event, Timestamp now) {
    return change_access(event, [&](auto& tables) { tables.remove_organisation(name, now); });
}

Result<std::uint64_t> SqliteStore::count_keys_of(std::string_view organisation) {
    const std::lock_guard lock(mutex_);
    return guarded([&] { return sql_->access.count_keys_of(organisation); });
}

}  // namespace custdkim
