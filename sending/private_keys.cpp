#include "sending/private_keys.hpp"

#include <utility>

#include "keys/rotation_turn.hpp"
#include "keys/unseal.hpp"

namespace custdkim {

PrivateKeys::PrivateKeys(Store& store, const Sealer& sealer, const Clock& clock, PrivateKeyLimits limits)
    : store_(store), sealer_(sealer), clock_(clock), limits_(limits) {}

Result<std::shared_ptr<const PrivateKey>> PrivateKeys::of(const Key& key) {
    const auto signing = signing_pair(key);
    if (!signing) return refused("the key " + key.id + " of " + key.domain.text() + " does not sign");
    std::uint64_t changes = 0;
    {
        const std::lock_guard lock(mutex_);
        drop_old();
        if (auto found = find(key.id, signing->pair->number)) return found;
        changes = changes_;
    }
    auto unsealed = unseal(key, *signing->pair);
    if (!unsealed || !*unsealed) return unsealed;
    keep({key.id, signing->pair->number, clock_.now(), *unsealed}, changes);
    return unsealed;
}

std::shared_ptr<const PrivateKey> PrivateKeys::kept(const std::string& key_id, unsigned pair) {
    const std::lock_guard lock(mutex_);
    drop_old();
    return find(key_id, pair);
}

void PrivateKeys::forget(std::string_view key_id) {
    const std::lock_guard lock(mutex_);
    ++changes_;
    drop(key_id);
}

void PrivateKeys::forget_old() {
    const std::lock_guard lock(mutex_);
    drop_old();
}

std::size_t PrivateKeys::size() const {
    const std::lock_guard lock(mutex_);
    return kept_.size();
}

std::shared_ptr<const PrivateKey> PrivateKeys::find(const std::string& key_id, unsigned pair) {
    const auto found = by_id_.find(key_id);
    if (found == by_id_.end() || found->second->pair != pair) return nullptr;
    return found->second->key;
}

Result<std::shared_ptr<const PrivateKey>> PrivateKeys::unseal(const Key& key, const Pair& pair) const {
    const auto opened = unseal_private_key(store_, sealer_, key.id, pair);
    if (!opened) return opened.error();
    if (!*opened) return std::shared_ptr<const PrivateKey>();
    auto read = PrivateKey::read(key.type, (*opened)->span());
    if (!read) return read.error();
    return std::make_shared<const PrivateKey>(std::move(*read));
}

// What changed while it was read is used this once, and not kept.
void PrivateKeys::keep(Kept kept, std::uint64_t changes) {
    const std::lock_guard lock(mutex_);
    if (changes != changes_ || limits_.most == 0) return;
    drop(kept.key_id);
    if (kept_.size() == limits_.most) drop(kept_.front().key_id);
    kept_.push_back(std::move(kept));
    by_id_.emplace(kept_.back().key_id, std::prev(kept_.end()));
}

void PrivateKeys::drop(std::string_view key_id) {
    const auto found = by_id_.find(key_id);
    if (found == by_id_.end()) return;
    const auto at = found->second;
    by_id_.erase(found);  // first: its name is in what goes next
    kept_.erase(at);
}

// After the clock was stepped back, what seems to be from the future goes, too (R7).
void PrivateKeys::drop_old() {
    const Timestamp now = clock_.now();
    const auto is_old = [&](const Kept& kept) {
        return kept.since > now || now - kept.since >= limits_.keep;
    };
    while (!kept_.empty() && is_old(kept_.front())) drop(kept_.front().key_id);
}

}  // namespace custdkim
