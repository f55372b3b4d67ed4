// Bearer tokens, organisations and idempotency keys, in the store that forgets.
#include <algorithm>

#include "store/memory_store.hpp"
#include "store/outcomes.hpp"

namespace custdkim {

Result<std::vector<Token>> MemoryStore::tokens() {
    const std::lock_guard lock(mutex_);
    return tokens_;
}

Result<void> MemoryStore::put_token(const Token& token, const Event& event) {
    const std::lock_guard lock(mutex_);
    const auto stored = std::find_if(tokens_.begin(), tokens_.end(),
                                     [&](const Token& other) { return other.id == token.id; });
    if (stored != tokens_.end()) {
        stored->last_used_at = token.last_used_at;
        stored->revoked_at = token.revoked_at;
    } else if (!token.org.empty() && !organisations_.contains(token.org)) {
        return outcomes::no_organisation(token.org);
    } else {
        tokens_.push_back(token);
    }
    add_event(event, event.org);
    return {};
}

Result<void> MemoryStore::forget_token(std::string_view id) {
    const std::lock_guard lock(mutex_);
    std::erase_if(tokens_, [&](const Token& token) { return token.id == id; });
    return {};
}

Result<std::vector<Organisation>> MemoryStore::organisations(std::string_view after, std::size_t limit) {
    const std::lock_guard lock(mutex_);
    std::vector<Organisation> found;
    for (auto next = organisations_.upper_bound(after); next != organisations_.end() && found.size() < limit;
         ++next) {
        found.push_back(next->second);
    }
    return found;
}

Result<std::optional<Organisation>> MemoryStore::organisation(std::string_view name) {
    const std::lock_guard lock(mutex_);
    const auto found = organisations_.find(name);
    return found == organisations_.end() ? std::optional<Organisation>() : found->second;
}

Result<void> MemoryStore::add_organisation(const Organisation& organisation, const Event& event) {
    const std::lock_guard lock(mutex_);
    if (!organisations_.emplace(organisation.name, organisation).second) {
        return outcomes::same_organisation(organisation.name);
    }
    add_event(event, event.org);
    return {};
}

Result<void> MemoryStore::set_organisation(const Organisation& organisation, const Event& event) {
    const std::lock_guard lock(mutex_);
    const auto found = organisations_.find(organisation.name);
    if (found == organisations_.end()) return outcomes::no_organisation(organisation.name);
    const Timestamp created_at = found->second.created_at;
    found->second = organisation;
    found->second.created_at = created_at;
    add_event(event, event.org);
    return {};
}

Result<void> MemoryStore::remove_organisation(std::string_view name, const Event& event, Timestamp now) {
    const std::lock_guard lock(mutex_);
    if (const auto keys = keys_of(name); keys > 0) return outcomes::has_keys(name, keys);
    const auto tokens = std::count_if(tokens_.begin(), tokens_.end(), [&](const Token& token) {
        return token.org == name && !token.revoked_at && (!token.expires_at || *token.expires_at > now);
    });
    if (tokens > 0) return outcomes::has_tokens(name, static_cast<std::uint64_t>(tokens));
    const auto found = organisations_.find(name);
    if (found == organisations_.end()) return outcomes::no_organisation(name);
    organisations_.erase(found);
    std::erase_if(senders_, [&](const auto& each) { return each.second.org == name; });
    add_event(event, event.org);
    return {};
}

Result<std::uint64_t> MemoryStore::count_keys_of(std::string_view organisation) {
    const std::lock_guard lock(mutex_);
    return keys_of(organisation);
}

std::uint64_t MemoryStore::keys_of(std::string_view organisation) const {
    const auto rows = rows_of_orgs_.find(organisation);
    return rows == rows_of_orgs_.end() ? 0 : rows->second.size();
}

Result<std::optional<EarlierCreation>> MemoryStore::earlier(std::string_view caller, std::string_view key,
                                                            Timestamp now) {
    const std::lock_guard lock(mutex_);
    return earlier_creation(caller, key, now);
}

std::optional<EarlierCreation> MemoryStore::earlier_creation(std::string_view caller, std::string_view key,
                                                             Timestamp now) const {
    const auto kept = std::find_if(once_.begin(), once_.end(), [&](const Kept& one) {
        return one.once.caller == caller && one.once.key == key && one.at > now - idempotency_lifetime;
    });
    if (kept == once_.end()) return std::nullopt;
    return EarlierCreation{kept->key_id, kept->once.request};
}

void MemoryStore::keep(const IdempotencyKey& once, const std::string& key_id, Timestamp now) {
    std::erase_if(once_, [&](const Kept& one) {
        return one.at <= now - idempotency_lifetime ||
               (one.once.caller == once.caller && one.once.key == once.key);
    });
    if (once_.size() == most_idempotency_keys) once_.erase(once_.begin());
    once_.push_back({once, key_id, now});
}

}  // namespace custdkim
