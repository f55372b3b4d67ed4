#include "store/sqlite_store.hpp"

#include <algorithm>
#include <tuple>
#include <utility>
#include <vector>

#include "store/file_lock.hpp"
#include "store/key_rows.hpp"
#include "store/outcomes.hpp"
#include "store/sqlite_parts.hpp"
#include "store/store_copy.hpp"

namespace custdkim {

using sqlite::Failure;
using sqlite::guarded;
using sqlite::read_keys;
using sqlite::Statement;
using sqlite::Transaction;

namespace {

constexpr std::size_t large_commit = 64;  // changes; such commits come in runs

}  // namespace

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

namespace {

// How many rows to ask for: one more tells whether there are more.
std::int64_t one_more_than(std::size_t limit) {
    return static_cast<std::int64_t>(std::min<std::uint64_t>(limit, INT64_MAX - 1)) + 1;
}

}  // namespace

Result<KeyPage> SqliteStore::list(const KeyFilter& filter) {
    if (!filter.prefix.empty()) return list_prefix(filter);
    const auto after = outcomes::read_cursor(filter.after);
    if (!after) return after.error();
    const std::lock_guard lock(mutex_);
    return guarded([&] {
        const auto from = static_cast<std::int64_t>(*after);
        Statement& statement = sql_->list(filter, from, one_more_than(filter.limit));
        KeyPage page;
        read_keys(statement, [&](std::int64_t row, Key&& key) {
            if (page.keys.size() == filter.limit) {
                page.next = page.cursors.back();
                return;
            }
            page.keys.push_back(std::move(key));
            page.cursors.push_back(std::to_string(row));
        });
        return page;
    });
}

Result<KeyPage> SqliteStore::list_prefix(const KeyFilter& filter) {
    const auto after = outcomes::read_domain_cursor(filter.after, filter.prefix);
    if (!after) return after.error();
    std::string end = filter.prefix;
    ++end.back();  // what begins with the prefix is before that
    std::vector<std::pair<std::int64_t, Key>> found;
    const std::lock_guard lock(mutex_);
    return guarded([&] {
        Statement& statement = sql_->list_prefix(filter, after->domain, static_cast<std::int64_t>(after->row),
                                                 end, one_more_than(filter.limit));
        read_keys(statement, [&](std::int64_t row, Key&& key) { found.emplace_back(row, std::move(key)); });
        std::sort(found.begin(), found.end(), [](const auto& one, const auto& other) {
            return std::tie(one.second.domain, one.first) < std::tie(other.second.domain, other.first);
        });
        KeyPage page;
        for (auto& [row, key] : found) {
            if (page.keys.size() == filter.limit) {
                page.next = page.cursors.back();
                break;
            }
            page.cursors.push_back(outcomes::to_cursor(key.domain, static_cast<std::uint64_t>(row)));
            page.keys.push_back(std::move(key));
        }
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

}  // namespace custdkim
