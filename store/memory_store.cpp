#include "store/memory_store.hpp"

#include <algorithm>

#include "store/outcomes.hpp"

namespace custdkim {

namespace {

// Nothing if the store was not told of the zone.
Serial* serial_of(std::vector<StoredZone>& zones, const dns::Name& name) {
    for (StoredZone& zone : zones) {
        if (zone.name == name) return &zone.serial;
    }
    return nullptr;
}

bool same_for_ever(const Key& before, const Key& after) {
    return before.zone == after.zone && before.domain == after.domain && before.type == after.type &&
           outcomes::same_slots(before.slots, after.slots);
}

}  // namespace

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
    Serial* const serial = serial_of(zones_, zone);
    if (!serial) return outcomes::unknown_zone(zone.text());
    return *serial = next_serial(*serial, now);
}

Result<Insertion> MemoryStore::insert(const Creation& creation, Timestamp now) {
    const Key& key = creation.key;
    const std::lock_guard lock(mutex_);
    if (creation.once && earlier_creation(creation.once->caller, creation.once->key, now)) {
        return Insertion{Insertion::Status::repeated, 0, ""};
    }
    const auto in_use = selectors_of(key.domain);
    for (const Slot& slot : key.slots) {
        if (std::find(in_use.begin(), in_use.end(), slot.selector) != in_use.end()) {
            return Insertion{Insertion::Status::selector_taken, 0, slot.selector};
        }
    }
    if (row_of_id_.contains(key.id)) return outcomes::same_id(key.id);
    std::set<std::string> fresh;
    for (const Slot& slot : key.slots) {
        if (issued_labels_.contains(slot.label) || !fresh.insert(slot.label).second) {
            return Insertion{Insertion::Status::label_taken, 0, slot.label};
        }
    }
    Serial* const serial = serial_of(zones_, key.zone);
    if (!serial) return outcomes::unknown_zone(key.zone.text());
    *serial = next_serial(*serial, now);
    issued_labels_.merge(fresh);
    Row& row = rows_[++last_row_];
    row.key = key;
    for (const SealedPrivateKey& secret : creation.private_keys)
        row.private_keys[secret.pair] = secret.sealed;
    row_of_id_.emplace(key.id, rows_.find(last_row_));
    rows_of_domains_.emplace(key.domain, last_row_);
    rows_of_orgs_[key.org].insert(last_row_);
    organisations_.try_emplace(key.org, Organisation{key.org, "", now});
    if (creation.once) keep(*creation.once, key.id, now);
    add_event(creation.event, key.org);
    return Insertion{Insertion::Status::done, *serial, ""};
}

Result<std::vector<Committed>> MemoryStore::commit(std::span<const Change> changes, Timestamp now) {
    const std::lock_guard lock(mutex_);
    // All work is done on copies, so that an error leaves everything as it was.
    Rows changed;
    std::vector<StoredZone> zones = zones_;
    std::vector<Committed> committed;
    for (const Change& change : changes) {
        Committed& what = committed.emplace_back();
        const auto stored = find_row(change.key.id);
        if (stored == rows_.end()) continue;
        Row& row = changed.emplace(*stored).first->second;
        if (row.key.version != change.key.version) continue;
        if (!same_for_ever(row.key, change.key)) return outcomes::lasting_facts(change.key.id);
        Serial& serial = *serial_of(zones, row.key.zone);
        if (change.moves_serial) serial = next_serial(serial, now);
        row.key = change.key;
        ++row.key.version;
        for (const unsigned pair : change.destroy) row.private_keys.erase(pair);
        for (const SealedPrivateKey& secret : change.add) {
            if (!row.private_keys.emplace(secret.pair, secret.sealed).second) {
                return outcomes::same_pair(change.key.id, secret.pair);
            }
        }
        what = {true, serial};
    }
    zones_ = std::move(zones);
    for (auto& [number, row] : changed) {
        rows_of_orgs_[rows_[number].key.org].erase(number);
        rows_of_orgs_[row.key.org].insert(number);
        rows_[number] = std::move(row);
    }
    for (std::size_t i = 0; i < changes.size(); ++i) {
        if (!committed[i].done) continue;
        const std::string& org = changes[i].key.org;
        add_event(changes[i].event, org);
        for (const Event& event : changes[i].also) add_event(event, org);
    }
    return committed;
}

Result<Serial> MemoryStore::erase(const Key& key, const Event& event, Timestamp now) {
    const std::lock_guard lock(mutex_);
    const auto row = find_row(key.id);
    if (row == rows_.end() || row->second.key.version != key.version)
        return outcomes::changed_meanwhile(key.id);
    const Key& stored = row->second.key;
    Serial& serial = *serial_of(zones_, stored.zone);
    serial = next_serial(serial, now);
    row_of_id_.erase(stored.id);
    rows_of_domains_.erase({stored.domain, row->first});
    rows_of_orgs_[stored.org].erase(row->first);
    rows_.erase(row);
    add_event(event, key.org);
    return serial;
}

Result<std::optional<Key>> MemoryStore::find(std::string_view id) {
    const std::lock_guard lock(mutex_);
    const auto row = find_row(id);
    return row == rows_.end() ? std::optional<Key>() : row->second.key;
}

MemoryStore::Rows::const_iterator MemoryStore::row_behind(std::uint64_t row, const KeyFilter& filter) const {
    if (!filter.domain && filter.org.empty()) return rows_.upper_bound(row);
    if (!filter.domain) {
        const auto of_org = rows_of_orgs_.find(filter.org);
        if (of_org == rows_of_orgs_.end()) return rows_.end();
        const auto next = of_org->second.upper_bound(row);
        return next == of_org->second.end() ? rows_.end() : rows_.find(*next);
    }
    for (auto found = rows_of_domains_.upper_bound({*filter.domain, row});
         found != rows_of_domains_.end() && found->first == *filter.domain; ++found) {
        const auto candidate = rows_.find(found->second);
        if (filter.org.empty() || candidate->second.key.org == filter.org) return candidate;
    }
    return rows_.end();
}

// In the order of their domains: all are looked through.
Result<KeyPage> MemoryStore::list_prefix(const KeyFilter& filter) const {
    const auto after = outcomes::read_domain_cursor(filter.after, filter.prefix);
    if (!after) return after.error();
    KeyPage page;
    for (const auto& [domain, number] : rows_of_domains_) {
        if (!domain.text().starts_with(filter.prefix)) continue;
        if (outcomes::DomainCursor{domain.text(), number} <= *after) continue;
        const Key& key = rows_.at(number).key;
        if (!filter.org.empty() && key.org != filter.org) continue;
        if (page.keys.size() == filter.limit) {
            page.next = page.cursors.back();
            break;
        }
        page.keys.push_back(key);
        page.cursors.push_back(outcomes::to_cursor(domain, number));
    }
    return page;
}

Result<KeyPage> MemoryStore::list(const KeyFilter& filter) {
    if (!filter.prefix.empty()) {
        const std::lock_guard lock(mutex_);
        return list_prefix(filter);
    }
    const auto after = outcomes::read_cursor(filter.after);
    if (!after) return after.error();
    const std::lock_guard lock(mutex_);
    KeyPage page;
    for (auto row = row_behind(*after, filter); row != rows_.end(); row = row_behind(row->first, filter)) {
        if (page.keys.size() == filter.limit) {
            page.next = page.cursors.back();
            break;
        }
        page.keys.push_back(row->second.key);
        page.cursors.push_back(std::to_string(row->first));
    }
    return page;
}

Result<std::vector<std::string>> MemoryStore::selectors_in_use(const dns::Name& domain) {
    const std::lock_guard lock(mutex_);
    return selectors_of(domain);
}

std::vector<std::string> MemoryStore::selectors_of(const dns::Name& domain) const {
    std::vector<std::string> selectors;
    for (auto row = rows_of_domains_.lower_bound({domain, 0});
         row != rows_of_domains_.end() && row->first == domain; ++row) {
        for (const Slot& slot : rows_.at(row->second).key.slots) selectors.push_back(slot.selector);
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

Result<std::vector<Event>> MemoryStore::events(const EventFilter& filter) {
    const std::lock_guard lock(mutex_);
    std::vector<Event> found;
    if (filter.key_id.empty()) {
        for (std::uint64_t n = filter.after; n < events_.size() && found.size() < filter.limit; ++n) {
            found.push_back(events_[n]);
        }
        return found;
    }
    const auto history = history_.find(filter.key_id);
    if (history == history_.end()) return found;
    const auto& numbers = history->second;
    for (auto n = std::upper_bound(numbers.begin(), numbers.end(), filter.after);
         n != numbers.end() && found.size() < filter.limit; ++n) {
        found.push_back(events_[*n - 1]);
    }
    return found;
}

Result<std::optional<Bytes>> MemoryStore::note(std::string_view name) {
    const std::lock_guard lock(mutex_);
    const auto found = notes_.find(name);
    return found == notes_.end() ? std::optional<Bytes>() : found->second;
}

Result<void> MemoryStore::set_note(std::string_view name, const Bytes& value) {
    const std::lock_guard lock(mutex_);
    notes_.insert_or_assign(std::string(name), value);
    return {};
}

MemoryStore::Rows::iterator MemoryStore::find_row(std::string_view id) {
    const auto row = row_of_id_.find(id);
    return row == row_of_id_.end() ? rows_.end() : row->second;
}

void MemoryStore::add_event(const Event& event, const std::string& org) {
    if (event.action.empty()) return;
    events_.push_back(event);
    events_.back().number = events_.size();
    events_.back().org = org;
    history_[event.key_id].push_back(events_.size());
}

Result<Descriptor> MemoryStore::copy(Timestamp) {
    return refused(
        "this store is in memory only, and has nothing to back up; set [store] url to sqlite:FILE");
}

}  // namespace custdkim
