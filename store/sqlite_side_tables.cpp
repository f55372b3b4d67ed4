// What is beside the keys in the SQLite store: what PowerDNS keeps with us, who may use the API, who may
// send.
#include "store/outcomes.hpp"
#include "store/sqlite_parts.hpp"

namespace custdkim {

using sqlite::guarded;
using sqlite::Transaction;

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
        work(*sql_);
        sql_->events.add(event, 0, event.org);
        transaction.commit();
        return true;
    });
    if (!done) return done.error();
    return {};
}

Result<void> SqliteStore::put_token(const Token& token, const Event& event) {
    return change_access(event, [&](Sql& sql) { sql.access.put_token(token); });
}

Result<void> SqliteStore::forget_token(std::string_view id) {
    return change_access({}, [&](Sql& sql) { sql.access.forget_token(id); });
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
    return change_access(event, [&](Sql& sql) { sql.access.add_organisation(organisation); });
}

Result<void> SqliteStore::set_organisation(const Organisation& organisation, const Event& event) {
    return change_access(event, [&](Sql& sql) { sql.access.set_organisation(organisation); });
}

Result<void> SqliteStore::remove_organisation(std::string_view name, const Event& event, Timestamp now) {
    return change_access(event, [&](Sql& sql) { sql.access.remove_organisation(name, now); });
}

Result<std::uint64_t> SqliteStore::count_keys_of(std::string_view organisation) {
    const std::lock_guard lock(mutex_);
    return guarded([&] { return sql_->access.count_keys_of(organisation); });
}

Result<SenderPage> SqliteStore::senders(const SenderFilter& filter) {
    const auto after = outcomes::read_cursor(filter.after);
    if (!after) return after.error();
    const std::lock_guard lock(mutex_);
    return guarded([&] { return sql_->senders.list(filter, static_cast<std::int64_t>(*after)); });
}

Result<std::optional<Sender>> SqliteStore::sender(std::string_view org, std::string_view address) {
    const std::lock_guard lock(mutex_);
    return guarded([&] { return sql_->senders.find(org, address); });
}

Result<std::optional<Sender>> SqliteStore::sender_with_code(const Sha256& code) {
    const std::lock_guard lock(mutex_);
    return guarded([&] { return sql_->senders.find_code(code); });
}

Result<void> SqliteStore::put_sender(const Sender& sender, const Event& event) {
    return change_access(event, [&](Sql& sql) { sql.senders.put(sender); });
}

Result<void> SqliteStore::remove_sender(std::string_view org, std::string_view address, const Event& event) {
    return change_access(event, [&](Sql& sql) { sql.senders.remove(org, address); });
}

}  // namespace custdkim
