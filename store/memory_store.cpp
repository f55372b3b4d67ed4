#include "store/memory_store.hpp"

#include <algorithm>

#include "store/outcomes.hpp"

namespace custdkim {

Result<std::vector<StoredZone>> MemoryStore::open_zones(std::span<const dns::Name> zones, Timestamp now) {
    const std::lock_guard lock(mutex_);
    for (const StoredZone& zone : zones_) {
        if (std::find(zones.begin(), zones.end(), zone.name) != zones.end()) continue;
        const auto keys = std::count_if(rows_.begin(), rows_.end(),
                                        [&](const auto& row) { return row.second.key.zone == zone.name; });
        if (keys > 0) return outcomes::orphaned_zone(zone.name.text(), static_cast<std::uint64_t>(keys));
    }
    std::vector<StoredZone> opened;
    for (const dns::Name& name : zones) {
        auto known =
            std::find_if(zones_.begin(), zones_.end(), [&](const auto& z) { return z.name == name; });
        if (known == zones_.end()) {
            const auto id = static_cast<std::uint32_t>(zones_.size() + 1);
            known = zones_.insert(zones_.end(), StoredZone{id, name, next_serial(0, now)});
        }
        opened.push_back(*known);
    }
    return opened;
}

Result<Serial> MemoryStore::move_serial(const dns::Name& zone, Timestamp now) {
    const std::lock_guard lock(mutex_);
    return next_serial_of(zone, now);
}

Result<Insertion> MemoryStore::insert(const Key& key, std::span<const SealedPrivateKey> private_keys,
                                      Timestamp now) {
    const std::lock_guard lock(mutex_);
    const auto in_use = selectors_of(key.domain);
    for (const Slot& slot : key.slots) {
        if (std::find(in_use.begin(), in_use.end(), slot.selector) != in_use.end()) {
            return Insertion{Insertion::Status::selector_taken, 0, slot.selector};
        }
    }
    if (find_row(key.id) != rows_.end()) return outcomes::same_id(key.id);
    std::set<std::string> fresh;
    for (const Slot& slot : key.slots) {
        if (issued_labels_.contains(slot.label) || !fresh.insert(slot.label).second) {
            return Insertion{Insertion::Status::label_taken, 0, slot.label};
        }
    }
    const auto serial = next_serial_of(key.zone, now);
    if (!serial) return serial.error();
    issued_labels_.merge(fresh);
    Row& row = rows_[++last_row_];
    row.key = key;
    for (const SealedPrivateKey& secret : private_keys) row.private_keys[secret.pair] = secret.sealed;
    return Insertion{Insertion::Status::done, *serial, ""};
}

Result<void> MemoryStore::update(const Key& key, std::span<const unsigned> destroy) {
    const std::lock_guard lock(mutex_);
    const auto row = find_row(key.id);
    if (row == rows_.end() || row->second.key.version != key.version)
        return outcomes::changed_meanwhile(key.id);
    row->second.key = key;
    ++row->second.key.version;
    for (const unsigned pair : destroy) row->second.private_keys.erase(pair);
    return {};
}

Result<Serial> MemoryStore::erase(const Key& key, Timestamp now) {
    const std::lock_guard lock(mutex_);
    const auto row = find_row(key.id);
    if (row == rows_.end() || row->second.key.version != key.version)
        return outcomes::changed_meanwhile(key.id);
    const auto serial = next_serial_of(row->second.key.zone, now);
    if (serial) rows_.erase(row);
    return serial;
}

Result<std::optional<Key>> MemoryStore::find(std::string_view id) {
    const std::lock_guard lock(mutex_);
    const auto row = find_row(id);
    return row == rows_.end() ? std::optional<Key>() : row->second.key;
}

Result<KeyPage> MemoryStore::list(const KeyFilter& filter) {
    const auto after = outcomes::read_cursor(filter.after);
    if (!after) return after.error();
    const std::lock_guard lock(mutex_);
    KeyPage page;
    std::uint64_t last = 0;
    for (auto row = rows_.upper_bound(*after); row != rows_.end(); ++row) {
        if (filter.domain && row->second.key.domain != *filter.domain) continue;
        if (page.keys.size() == filter.limit) {
            page.next = std::to_string(last);
            break;
        }
        page.keys.push_back(row->second.key);
        last = row->first;
    }
    return page;
}

Result<std::vector<Key>> MemoryStore::deleted_keys() {
    const std::lock_guard lock(mutex_);
    std::vector<Key> deleted;
    for (const auto& [number, row] : rows_) {
        if (row.key.deleted_at) deleted.push_back(row.key);
    }
    return deleted;
}

Result<std::vector<std::string>> MemoryStore::selectors_in_use(const dns::Name& domain) {
    const std::lock_guard lock(mutex_);
    return selectors_of(domain);
}

std::vector<std::string> MemoryStore::selectors_of(const dns::Name& domain) const {
    std::vector<std::string> selectors;
    for (const auto& [number, row] : rows_) {
        if (row.key.domain != domain) continue;
        for (const Slot& slot : row.key.slots) selectors.push_back(slot.selector);
    }
    return selectors;
}

Result<std::uint64_t> MemoryStore::count_keys() {
    const std::lock_guard lock(mutex_);
    return rows_.size();
}

Result<void> MemoryStore::for_each_key(const std::function<void(const Key&)>& visit) {
    const std::lock_guard lock(mutex_);
    for (const auto& [number, row] : rows_) visit(row.key);
    return {};
}

Result<std::optional<Bytes>> MemoryStore::private_key(std::string_view key_id, unsigned pair) {
    const std::lock_guard lock(mutex_);
    const auto row = find_row(key_id);
    if (row == rows_.end()) return std::optional<Bytes>();
    const auto secret = row->second.private_keys.find(pair);
    return secret == row->second.private_keys.end() ? std::optional<Bytes>() : secret->second;
}

Result<std::optional<Bytes>> MemoryStore::master_key_check() {
    const std::lock_guard lock(mutex_);
    return master_key_check_;
}

Result<void> MemoryStore::set_master_key_check(const Bytes& check) {
    const std::lock_guard lock(mutex_);
    master_key_check_ = check;
    return {};
}

MemoryStore::Rows::iterator MemoryStore::find_row(std::string_view id) {
    return std::find_if(rows_.begin(), rows_.end(), [&](const auto& row) { return row.second.key.id == id; });
}

Result<Serial> MemoryStore::next_serial_of(const dns::Name& zone, Timestamp now) {
    for (StoredZone& stored : zones_) {
        if (stored.name == zone) return stored.serial = next_serial(stored.serial, now);
    }
    return outcomes::unknown_zone(zone.text());
}

}  // namespace custdkim
