#include "store/measured_store.hpp"

namespace custdkim {

std::string_view to_string(StoreWork work) {
    constexpr std::array<std::string_view, store_work_count> names = {
        "open", "insert", "commit",      "catch-up", "erase", "find",
        "list", "scan",   "private-key", "events",   "note",  "administration"};
    return names.at(static_cast<std::size_t>(work));
}

template <typename Call>
auto MeasuredStore::measured(StoreWork work, Call call) {
    const Stopwatch watch;
    auto result = call();
    took_[static_cast<std::size_t>(work)].add(watch.elapsed());
    if (!result) ++failed_.at(static_cast<std::size_t>(result.error().code));
    return result;
}

void MeasuredStore::catch_up() {
    const Stopwatch watch;
    inner_->catch_up();
    took_[static_cast<std::size_t>(StoreWork::catch_up)].add(watch.elapsed());
}

Result<std::vector<StoredZone>> MeasuredStore::open_zones(std::span<const dns::Name> zones, Timestamp now) {
    return measured(StoreWork::open, [&] { return inner_->open_zones(zones, now); });
}

Result<Serial> MeasuredStore::move_serial(const dns::Name& zone, Timestamp now) {
    return measured(StoreWork::open, [&] { return inner_->move_serial(zone, now); });
}

Result<Insertion> MeasuredStore::insert(const Creation& creation, Timestamp now) {
    return measured(StoreWork::insert, [&] { return inner_->insert(creation, now); });
}

Result<std::optional<EarlierCreation>> MeasuredStore::earlier(std::string_view caller, std::string_view key,
                                                              Timestamp now) {
    return measured(StoreWork::find, [&] { return inner_->earlier(caller, key, now); });
}

Result<std::vector<Committed>> MeasuredStore::commit(std::span<const Change> changes, Timestamp now) {
    return measured(StoreWork::commit, [&] { return inner_->commit(changes, now); });
}

Result<Serial> MeasuredStore::erase(const Key& key, const Event& event, Timestamp now) {
    return measured(StoreWork::erase, [&] { return inner_->erase(key, event, now); });
}

Result<std::optional<Key>> MeasuredStore::find(std::string_view id) {
    return measured(StoreWork::find, [&] { return inner_->find(id); });
}

Result<KeyPage> MeasuredStore::list(const KeyFilter& filter) {
    return measured(StoreWork::list, [&] { return inner_->list(filter); });
}

Result<std::vector<std::string>> MeasuredStore::selectors_in_use(const dns::Name& domain) {
    return measured(StoreWork::list, [&] { return inner_->selectors_in_use(domain); });
}

Result<std::uint64_t> MeasuredStore::count_keys() {
    return measured(StoreWork::scan, [&] { return inner_->count_keys(); });
}

Result<void> MeasuredStore::for_each_key(const std::function<void(const Key&)>& visit) {
    return measured(StoreWork::scan, [&] { return inner_->for_each_key(visit); });
}

Result<std::optional<Bytes>> MeasuredStore::private_key(std::string_view key_id, unsigned pair) {
    return measured(StoreWork::private_key, [&] { return inner_->private_key(key_id, pair); });
}

Result<std::vector<Event>> MeasuredStore::events(const EventFilter& filter) {
    return measured(StoreWork::events, [&] { return inner_->events(filter); });
}

Result<std::optional<Bytes>> MeasuredStore::note(std::string_view name) {
    return measured(StoreWork::note, [&] { return inner_->note(name); });
}

Result<void> MeasuredStore::set_note(std::string_view name, const Bytes& value) {
    return measured(StoreWork::note, [&] { return inner_->set_note(name, value); });
}

Result<std::vector<SealedMetadata>> MeasuredStore::all_metadata() {
    return measured(StoreWork::administration, [&] { return inner_->all_metadata(); });
}

Result<std::vector<SealedDomainKey>> MeasuredStore::all_domain_keys() {
    return measured(StoreWork::administration, [&] { return inner_->all_domain_keys(); });
}

Result<std::vector<SealedTsigKey>> MeasuredStore::all_tsig_keys() {
    return measured(StoreWork::administration, [&] { return inner_->all_tsig_keys(); });
}

Result<void> MeasuredStore::set_metadata(const SealedMetadata& metadata) {
    return measured(StoreWork::administration, [&] { return inner_->set_metadata(metadata); });
}

Result<void> MeasuredStore::remove_metadata(std::uint32_t zone, std::string_view kind) {
    return measured(StoreWork::administration, [&] { return inner_->remove_metadata(zone, kind); });
}

Result<std::uint32_t> MeasuredStore::add_domain_key(const SealedDomainKey& key) {
    return measured(StoreWork::administration, [&] { return inner_->add_domain_key(key); });
}

Result<void> MeasuredStore::set_domain_key(std::uint32_t zone, std::uint32_t id, bool active,
                                           bool published) {
    return measured(StoreWork::administration,
                    [&] { return inner_->set_domain_key(zone, id, active, published); });
}

Result<void> MeasuredStore::remove_domain_key(std::uint32_t zone, std::uint32_t id) {
    return measured(StoreWork::administration, [&] { return inner_->remove_domain_key(zone, id); });
}

Result<void> MeasuredStore::set_tsig_key(const SealedTsigKey& key) {
    return measured(StoreWork::administration, [&] { return inner_->set_tsig_key(key); });
}

Result<void> MeasuredStore::remove_tsig_key(std::string_view name) {
    return measured(StoreWork::administration, [&] { return inner_->remove_tsig_key(name); });
}

Result<std::vector<Token>> MeasuredStore::tokens() {
    return measured(StoreWork::administration, [&] { return inner_->tokens(); });
}

Result<void> MeasuredStore::put_token(const Token& token, const Event& event) {
    return measured(StoreWork::administration, [&] { return inner_->put_token(token, event); });
}

Result<void> MeasuredStore::forget_token(std::string_view id) {
    return measured(StoreWork::administration, [&] { return inner_->forget_token(id); });
}

Result<std::vector<Organisation>> MeasuredStore::organisations(std::string_view after, std::size_t limit) {
    return measured(StoreWork::administration, [&] { return inner_->organisations(after, limit); });
}

Result<std::optional<Organisation>> MeasuredStore::organisation(std::string_view name) {
    return measured(StoreWork::administration, [&] { return inner_->organisation(name); });
}

Result<void> MeasuredStore::add_organisation(const Organisation& organisation, const Event& event) {
    return measured(StoreWork::administration, [&] { return inner_->add_organisation(organisation, event); });
}

Result<void> MeasuredStore::set_organisation(const Organisation& organisation, const Event& event) {
    return measured(StoreWork::administration, [&] { return inner_->set_organisation(organisation, event); });
}

Result<void> MeasuredStore::remove_organisation(std::string_view name, const Event& event, Timestamp now) {
    return measured(StoreWork::administration, [&] { return inner_->remove_organisation(name, event, now); });
}

Result<std::uint64_t> MeasuredStore::count_keys_of(std::string_view organisation) {
    return measured(StoreWork::administration, [&] { return inner_->count_keys_of(organisation); });
}

Result<SenderPage> MeasuredStore::senders(const SenderFilter& filter) {
    return measured(StoreWork::administration, [&] { return inner_->senders(filter); });
}

Result<std::optional<Sender>> MeasuredStore::sender(std::string_view org, std::string_view address) {
    return measured(StoreWork::administration, [&] { return inner_->sender(org, address); });
}

Result<std::optional<Sender>> MeasuredStore::sender_with_code(const Sha256& code) {
    return measured(StoreWork::administration, [&] { return inner_->sender_with_code(code); });
}

Result<void> MeasuredStore::put_sender(const Sender& sender, const Event& event) {
    return measured(StoreWork::administration, [&] { return inner_->put_sender(sender, event); });
}

Result<void> MeasuredStore::remove_sender(std::string_view org, std::string_view address,
                                          const Event& event) {
    return measured(StoreWork::administration, [&] { return inner_->remove_sender(org, address, event); });
}

}  // namespace custdkim
