#include "store/sqlite_store.hpp"

#include <algorithm>

#include "store/file_lock.hpp"
#include "store/key_rows.hpp"
#include "store/outcomes.hpp"
#include "store/schema.hpp"
#include "store/sqlite.hpp"

namespace custdkim {

using sqlite::Database;
using sqlite::Failure;
using sqlite::read_keys;
using sqlite::seconds;
using sqlite::select_keys;
using sqlite::Statement;
using sqlite::Transaction;

namespace {

constexpr std::string_view master_key_check_name = "master_key_check";

// secure_delete: a destroyed private key (R9) is overwritten, not just forgotten.
constexpr std::string_view settings = R"sql(
    PRAGMA journal_mode = WAL;
    PRAGMA synchronous = FULL;
    PRAGMA foreign_keys = ON;
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
        return *opened;
    }
    std::unique_ptr<Database> opened;

  public:
    Database& db;
    Statement zones{
        db, "SELECT z.id, z.name, z.serial, (SELECT count(*) FROM key WHERE zone = z.id) FROM zone z"};
    Statement zone_keys{db, "SELECT count(*) FROM key WHERE zone = ?"};
    Statement add_zone{db, "INSERT INTO zone (name, serial) VALUES (?, ?)"};
    Statement find_zone{db, "SELECT id, serial FROM zone WHERE name = ?"};
    Statement set_serial{db, "UPDATE zone SET serial = ? WHERE id = ?"};
    Statement is_issued{db, "SELECT 1 FROM issued_label WHERE label = ?"};
    Statement issue{db, "INSERT INTO issued_label (label, zone, issued_at) VALUES (?, ?, ?)"};
    Statement add_key{
        db,
        "INSERT INTO key (id, zone, domain, match, type, org, version, created_at, activated_at,"
        " deleted_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"};
    Statement set_key{
        db,
        "UPDATE key SET version = version + 1, match = ?, org = ?, activated_at = ?, deleted_at = ?"
        " WHERE id = ? AND version = ?"};
    Statement find_row{db, "SELECT row FROM key WHERE id = ?"};
    Statement erase_key{db, "DELETE FROM key WHERE id = ? AND version = ?"};
    Statement add_slot{db, "INSERT INTO slot (key, position, selector, label) VALUES (?, ?, ?, ?)"};
    Statement drop_pairs{db, "DELETE FROM pair WHERE key = ?"};
    Statement add_pair{db,
                       "INSERT INTO pair (key, slot, number, public_key, created_at, published_at,"
                       " visible_at, signing_since, retired_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"};
    Statement add_private{db, "INSERT INTO private_key (key, pair, sealed) VALUES (?, ?, ?)"};
    Statement destroy_private{db, "DELETE FROM private_key WHERE key = ? AND pair = ?"};
    Statement find_private{db,
                           "SELECT sealed FROM private_key JOIN key ON key.row = private_key.key"
                           " WHERE key.id = ? AND pair = ?"};
    Statement find_key{db, select_keys("WHERE k.id = ?")};
    Statement list_all{
        db, select_keys("WHERE k.row IN (SELECT row FROM key WHERE row > ? ORDER BY row LIMIT ?)")};
    Statement list_domain{
        db, select_keys(
                "WHERE k.row IN (SELECT row FROM key WHERE row > ? AND domain = ? ORDER BY row LIMIT ?)")};
    Statement list_deleted{db,
                           select_keys("WHERE k.row IN (SELECT row FROM key WHERE deleted_at IS NOT NULL)")};
    Statement every_key{db, select_keys("")};
    Statement count{db, "SELECT count(*) FROM key"};
    Statement selectors{db, "SELECT selector FROM slot JOIN key ON key.row = slot.key WHERE domain = ?"};
    Statement get_meta{db, "SELECT value FROM meta WHERE name = ?"};
    Statement set_meta{db, "INSERT OR REPLACE INTO meta (name, value) VALUES (?, ?)"};

    std::vector<std::string> selectors_of(const dns::Name& domain) {
        std::vector<std::string> found;
        selectors.bind(domain.text());
        while (selectors.step()) found.emplace_back(selectors.text(0));
        return found;
    }

    std::vector<Key> keys(Statement& statement) {
        std::vector<Key> found;
        read_keys(statement, [&](std::int64_t, Key&& key) { found.push_back(std::move(key)); });
        return found;
    }

    StoredZone zone(const dns::Name& name) {
        find_zone.bind(name.text());
        if (!find_zone.step()) throw Failure{outcomes::unknown_zone(name.text())};
        const StoredZone zone{static_cast<std::uint32_t>(find_zone.number(0)), name,
                              static_cast<Serial>(find_zone.number(1))};
        find_zone.step();
        return zone;
    }

    Serial move_serial(const StoredZone& zone, Timestamp now) {
        const Serial serial = next_serial(zone.serial, now);
        set_serial.bind(std::int64_t{serial}, std::int64_t{zone.id}).run();
        return serial;
    }

    std::optional<std::string> issued_label(const Key& key) {
        for (const Slot& slot : key.slots) {
            is_issued.bind(slot.label);
            const bool issued = is_issued.step();
            if (issued) is_issued.step();
            const auto same = [&](const Slot& other) { return &other != &slot && other.label == slot.label; };
            if (issued || std::any_of(key.slots.begin(), key.slots.end(), same)) return slot.label;
        }
        return std::nullopt;
    }

    std::int64_t row_of(const Key& key) {
        find_row.bind(key.id);
        const std::int64_t row = find_row.step() ? find_row.number(0) : 0;
        if (row != 0) find_row.step();
        return row;
    }

    void add_pairs(std::int64_t row, const Key& key) {
        for (std::size_t position = 0; position < key.slots.size(); ++position) {
            for (const Pair& pair : key.slots[position].pairs) {
                add_pair
                    .bind(row, static_cast<std::int64_t>(position), std::int64_t{pair.number},
                          std::span(pair.public_key), seconds(pair.created_at), seconds(pair.published_at),
                          seconds(pair.visible_at), seconds(pair.signing_since), seconds(pair.retired_at))
                    .run();
            }
        }
    }

    void add(const Key& key, const StoredZone& zone, std::span<const SealedPrivateKey> secrets,
             Timestamp now) {
        for (const Slot& slot : key.slots) issue.bind(slot.label, std::int64_t{zone.id}, seconds(now)).run();
        add_key
            .bind(key.id, std::int64_t{zone.id}, key.domain.text(), to_string(key.match), to_string(key.type),
                  key.org, static_cast<std::int64_t>(key.version), seconds(key.created_at),
                  seconds(key.activated_at), seconds(key.deleted_at))
            .run();
        const std::int64_t row = db.last_row();
        for (std::size_t position = 0; position < key.slots.size(); ++position) {
            const Slot& slot = key.slots[position];
            add_slot.bind(row, static_cast<std::int64_t>(position), slot.selector, slot.label).run();
        }
        add_pairs(row, key);
        for (const SealedPrivateKey& secret : secrets) {
            add_private.bind(row, std::int64_t{secret.pair}, std::span(secret.sealed)).run();
        }
    }
};

SqliteStore::SqliteStore(Descriptor lock, std::unique_ptr<Sql> sql)
    : lock_(std::move(lock)), sql_(std::move(sql)) {}

SqliteStore::~SqliteStore() = default;

Result<std::unique_ptr<SqliteStore>> SqliteStore::open(const std::filesystem::path& file) {
    auto lock = lock_file(file);
    if (!lock) return lock.error();
    return guarded([&] {
        return std::unique_ptr<SqliteStore>(new SqliteStore(std::move(*lock), std::make_unique<Sql>(file)));
    });
}

Result<std::vector<StoredZone>> SqliteStore::open_zones(std::span<const dns::Name> zones, Timestamp now) {
    const std::lock_guard lock(mutex_);
    return guarded([&] {
        Transaction transaction(sql_->db);
        sql_->zones.bind();
        while (sql_->zones.step()) {
            const auto name = dns::Name::parse(sql_->zones.text(1));
            const bool known = name && std::find(zones.begin(), zones.end(), *name) != zones.end();
            const std::int64_t keys = sql_->zones.number(3);
            if (!known && keys > 0) {
                const Failure failure{
                    outcomes::orphaned_zone(sql_->zones.text(1), static_cast<std::uint64_t>(keys))};
                sql_->zones.bind();
                throw failure;
            }
        }
        std::vector<StoredZone> opened;
        for (const dns::Name& name : zones) {
            sql_->find_zone.bind(name.text());
            if (!sql_->find_zone.step()) {
                sql_->add_zone.bind(name.text(), std::int64_t{next_serial(0, now)}).run();
            }
            opened.push_back(sql_->zone(name));
        }
        transaction.commit();
        return opened;
    });
}

Result<Serial> SqliteStore::move_serial(const dns::Name& zone, Timestamp now) {
    const std::lock_guard lock(mutex_);
    return guarded([&] {
        Transaction transaction(sql_->db);
        const Serial serial = sql_->move_serial(sql_->zone(zone), now);
        transaction.commit();
        return serial;
    });
}

Result<Insertion> SqliteStore::insert(const Key& key, std::span<const SealedPrivateKey> private_keys,
                                      Timestamp now) {
    const std::lock_guard lock(mutex_);
    return guarded([&]() -> Insertion {
        Transaction transaction(sql_->db);
        const auto in_use = sql_->selectors_of(key.domain);
        for (const Slot& slot : key.slots) {
            if (std::find(in_use.begin(), in_use.end(), slot.selector) != in_use.end()) {
                return {Insertion::Status::selector_taken, 0, slot.selector};
            }
        }
        if (const auto label = sql_->issued_label(key)) return {Insertion::Status::label_taken, 0, *label};
        const StoredZone zone = sql_->zone(key.zone);
        const Serial serial = sql_->move_serial(zone, now);
        sql_->add(key, zone, private_keys, now);
        transaction.commit();
        return {Insertion::Status::done, serial, ""};
    });
}

Result<void> SqliteStore::update(const Key& key, std::span<const unsigned> destroy) {
    const std::lock_guard lock(mutex_);
    const auto updated = guarded([&] {
        Transaction transaction(sql_->db);
        sql_->set_key
            .bind(to_string(key.match), key.org, seconds(key.activated_at), seconds(key.deleted_at), key.id,
                  static_cast<std::int64_t>(key.version))
            .run();
        if (sql_->db.changed_rows() == 0) return false;
        const std::int64_t row = sql_->row_of(key);
        sql_->drop_pairs.bind(row).run();
        sql_->add_pairs(row, key);
        for (const unsigned pair : destroy) sql_->destroy_private.bind(row, std::int64_t{pair}).run();
        transaction.commit();
        if (!destroy.empty()) sql_->db.empty_log();
        return true;
    });
    if (!updated) return updated.error();
    if (!*updated) return outcomes::changed_meanwhile(key.id);
    return {};
}

Result<Serial> SqliteStore::erase(const Key& key, Timestamp now) {
    const std::lock_guard lock(mutex_);
    return guarded([&] {
        Transaction transaction(sql_->db);
        sql_->erase_key.bind(key.id, static_cast<std::int64_t>(key.version)).run();
        if (sql_->db.changed_rows() == 0) throw Failure{outcomes::changed_meanwhile(key.id)};
        const Serial serial = sql_->move_serial(sql_->zone(key.zone), now);
        transaction.commit();
        sql_->db.empty_log();
        return serial;
    });
}

Result<std::optional<Key>> SqliteStore::find(std::string_view id) {
    const std::lock_guard lock(mutex_);
    return guarded([&] {
        auto keys = sql_->keys(sql_->find_key.bind(id));
        return keys.empty() ? std::optional<Key>() : std::optional<Key>(std::move(keys.front()));
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
        Statement& statement = filter.domain ? sql_->list_domain.bind(from, filter.domain->text(), one_more)
                                             : sql_->list_all.bind(from, one_more);
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

Result<std::vector<Key>> SqliteStore::deleted_keys() {
    const std::lock_guard lock(mutex_);
    return guarded([&] { return sql_->keys(sql_->list_deleted.bind()); });
}

Result<std::vector<std::string>> SqliteStore::selectors_in_use(const dns::Name& domain) {
    const std::lock_guard lock(mutex_);
    return guarded([&] { return sql_->selectors_of(domain); });
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
    return guarded([&] {
        std::optional<Bytes> sealed;
        sql_->find_private.bind(key_id, std::int64_t{pair});
        while (sql_->find_private.step()) {
            const auto bytes = sql_->find_private.blob(0);
            sealed.emplace(bytes.begin(), bytes.end());
        }
        return sealed;
    });
}

Result<std::optional<Bytes>> SqliteStore::master_key_check() {
    const std::lock_guard lock(mutex_);
    return guarded([&] {
        std::optional<Bytes> check;
        sql_->get_meta.bind(master_key_check_name);
        while (sql_->get_meta.step()) {
            const auto bytes = sql_->get_meta.blob(0);
            check.emplace(bytes.begin(), bytes.end());
        }
        return check;
    });
}

Result<void> SqliteStore::set_master_key_check(const Bytes& check) {
    const std::lock_guard lock(mutex_);
    const auto done = guarded([&] {
        sql_->set_meta.bind(master_key_check_name, std::span(check)).run();
        return true;
    });
    if (!done) return done.error();
    return {};
}

}  // namespace custdkim
