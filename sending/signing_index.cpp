#include "sending/signing_index.hpp"

#include <algorithm>
#include <functional>
#include <mutex>
#include <optional>
#include <shared_mutex>
#include <unordered_map>

#include "keys/rotation_turn.hpp"

namespace custdkim {

namespace {

struct Entry {
    std::string key_id;
    std::string selector;
    std::uint32_t org = 0;  // its number
    unsigned pair = 0;
    DomainMatch match = DomainMatch::domain;
    KeyType type = KeyType::rsa_2048;
};

// So that parts of a name need not be copied to be looked up.
struct TextHash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const { return std::hash<std::string_view>()(text); }
};

bool covers(DomainMatch match, bool is_its_own) {
    return match != (is_its_own ? DomainMatch::subdomains : DomainMatch::domain);
}

bool is_of(const Entry& entry, bool is_ed25519) { return (entry.type == KeyType::ed25519) == is_ed25519; }

// Which entries of a domain may sign.
struct Meant {
    bool is_its_own = true;  // the whole From domain, not one above it
    std::optional<std::uint32_t> org = {};

    bool operator()(const Entry& entry) const {
        return covers(entry.match, is_its_own) && (!org || entry.org == *org);
    }
};

// Draws one of those that `is_meant`, each with the same odds; nullptr where there is none.
template <typename Predicate>
const Entry* draw(const std::vector<Entry>& entries, Random& random, Predicate is_meant) {
    const auto count = static_cast<std::uint64_t>(std::count_if(entries.begin(), entries.end(), is_meant));
    if (count == 0) return nullptr;
    std::uint64_t left = count == 1 ? 0 : random.below(count);
    return &*std::find_if(entries.begin(), entries.end(),
                          [&](const Entry& entry) { return is_meant(entry) && left-- == 0; });
}

}  // namespace

struct SigningIndex::Tables {
    mutable std::shared_mutex mutex;
    std::unordered_map<std::string, std::vector<Entry>, TextHash, std::equal_to<>> domains;
    std::vector<std::string> orgs;  // by number; few, and none is ever forgotten
    std::unordered_map<std::string, std::uint32_t> number_of_org;
    std::size_t size = 0;

    std::uint32_t number(const std::string& org) {
        const auto [found, is_new] = number_of_org.try_emplace(org, static_cast<std::uint32_t>(orgs.size()));
        if (is_new) orgs.push_back(org);
        return found->second;
    }

    void remove(const Key& key) {
        const auto domain = domains.find(key.domain.text());
        if (domain == domains.end()) return;
        size -= std::erase_if(domain->second, [&](const Entry& entry) { return entry.key_id == key.id; });
        if (domain->second.empty()) domains.erase(domain);
    }

    void add(const Key& key, const PairAt& signing) {
        domains[key.domain.text()].push_back({key.id, key.slots[signing.slot].selector, number(key.org),
                                              signing.pair->number, key.match, key.type});
        ++size;
    }

    // A domain with at least one entry that is meant.
    struct Level {
        std::string_view domain;
        const std::vector<Entry>& entries;
        Meant meant;
    };

    // The longest one that covers mail from this domain.
    std::optional<Level> longest(std::string_view from, std::string_view org) const {
        Meant meant;
        if (!org.empty()) {
            const auto known = number_of_org.find(std::string(org));
            if (known == number_of_org.end()) return std::nullopt;
            meant.org = known->second;
        }
        for (std::string_view name = from; !name.empty(); name = dns::parent(name)) {
            const auto found = domains.find(name);
            meant.is_its_own = name.size() == from.size();
            if (found != domains.end() && std::any_of(found->second.begin(), found->second.end(), meant))
                return Level{name, found->second, meant};
        }
        return std::nullopt;
    }

    SigningChoice choice(const Entry& entry, std::string_view domain) const {
        return {entry.key_id, orgs[entry.org], std::string(domain), entry.match,
                entry.type,   entry.selector,  entry.pair};
    }
};

SigningIndex::SigningIndex() : tables_(std::make_unique<Tables>()) {}
SigningIndex::~SigningIndex() = default;

void SigningIndex::note(const Key& key) {
    const auto signing = signs(key) ? signing_pair(key) : std::nullopt;
    const std::lock_guard lock(tables_->mutex);
    tables_->remove(key);
    if (signing) tables_->add(key, *signing);
}

std::vector<SigningChoice> SigningIndex::choose(const dns::Name& from, std::string_view org,
                                                Random& random) const {
    const std::shared_lock lock(tables_->mutex);
    std::vector<SigningChoice> chosen;
    const auto level = tables_->longest(from.text(), org);
    if (!level) return chosen;
    const Entry* const first = draw(level->entries, random, level->meant);
    for (const bool is_ed25519 : {false, true}) {
        const Entry* const drawn =
            is_of(*first, is_ed25519) ? first : draw(level->entries, random, [&](const Entry& entry) {
                return is_of(entry, is_ed25519) && entry.org == first->org && level->meant(entry);
            });
        if (drawn) chosen.push_back(tables_->choice(*drawn, level->domain));
    }
    return chosen;
}

std::vector<SigningChoice> SigningIndex::candidates(const dns::Name& from, std::string_view org) const {
    const std::shared_lock lock(tables_->mutex);
    std::vector<SigningChoice> all;
    const auto level = tables_->longest(from.text(), org);
    if (!level) return all;
    for (const Entry& entry : level->entries) {
        if (level->meant(entry)) all.push_back(tables_->choice(entry, level->domain));
    }
    return all;
}

std::vector<std::string> SigningIndex::organisations_of(const dns::Name& domain) const {
    const std::shared_lock lock(tables_->mutex);
    std::vector<std::string> orgs;
    const auto found = tables_->domains.find(domain.text());
    if (found == tables_->domains.end()) return orgs;
    for (const Entry& entry : found->second) {
        if (covers(entry.match, true)) orgs.push_back(tables_->orgs[entry.org]);
    }
    std::sort(orgs.begin(), orgs.end());
    orgs.erase(std::unique(orgs.begin(), orgs.end()), orgs.end());
    return orgs;
}

std::size_t SigningIndex::size() const {
    const std::shared_lock lock(tables_->mutex);
    return tables_->size;
}

}  // namespace custdkim
