// What PowerDNS keeps with us, in the store that forgets.
#include <algorithm>

#include "store/memory_store.hpp"
#include "store/outcomes.hpp"

namespace custdkim {

Result<std::vector<SealedMetadata>> MemoryStore::all_metadata() {
    const std::lock_guard lock(mutex_);
    std::vector<SealedMetadata> all;
    for (const auto& [key, values] : metadata_) all.push_back({key.first, key.second, values});
    return all;
}

Result<std::vector<SealedDomainKey>> MemoryStore::all_domain_keys() {
    const std::lock_guard lock(mutex_);
    return domain_keys_;
}

Result<std::vector<SealedTsigKey>> MemoryStore::all_tsig_keys() {
    const std::lock_guard lock(mutex_);
    std::vector<SealedTsigKey> all;
    for (const auto& [name, key] : tsig_keys_) all.push_back(key);
    return all;
}

Result<void> MemoryStore::check_zone(std::uint32_t zone) const {
    if (zone >= 1 && zone <= zones_.size()) return {};
    return outcomes::unknown_zone(std::to_string(zone));
}

Result<void> MemoryStore::set_metadata(const SealedMetadata& metadata) {
    const std::lock_guard lock(mutex_);
    if (const auto known = check_zone(metadata.zone); !known) return known.error();
    metadata_.insert_or_assign({metadata.zone, metadata.kind}, metadata.values);
    return {};
}

Result<void> MemoryStore::remove_metadata(std::uint32_t zone, std::string_view kind) {
    const std::lock_guard lock(mutex_);
    metadata_.erase({zone, std::string(kind)});
    return {};
}

Result<std::uint32_t> MemoryStore::add_domain_key(const SealedDomainKey& key) {
    const std::lock_guard lock(mutex_);
    if (const auto known = check_zone(key.zone); !known) return known.error();
    domain_keys_.push_back(key);
    return domain_keys_.back().id = ++last_domain_key_;
}

std::vector<SealedDomainKey>::iterator MemoryStore::find_domain_key(std::uint32_t zone, std::uint32_t id) {
    return std::find_if(domain_keys_.begin(), domain_keys_.end(),
                        [&](const SealedDomainKey& key) { return key.zone == zone && key.id == id; });
}

Result<void> MemoryStore::set_domain_key(std::uint32_t zone, std::uint32_t id, bool active, bool published) {
    const std::lock_guard lock(mutex_);
    const auto key = find_domain_key(zone, id);
    if (key == domain_keys_.end()) return outcomes::no_domain_key(id);
    key->active = active;
    key->published = published;
    return {};
}

Result<void> MemoryStore::remove_domain_key(std::uint32_t zone, std::uint32_t id) {
    const std::lock_guard lock(mutex_);
    const auto key = find_domain_key(zone, id);
    if (key == domain_keys_.end()) return outcomes::no_domain_key(id);
    domain_keys_.erase(key);
    return {};
}

Result<void> MemoryStore::set_tsig_key(const SealedTsigKey& key) {
    const std::lock_guard lock(mutex_);
    tsig_keys_.insert_or_assign(key.name, key);
    return {};
}

Result<void> MemoryStore::remove_tsig_key(std::string_view name) {
    const std::lock_guard lock(mutex_);
    if (tsig_keys_.erase(std::string(name)) == 0) return outcomes::no_tsig_key(name);
    return {};
}

}  // namespace custdkim
