#include "keys/key_registry.hpp"

#include <algorithm>
#include <functional>

#include "base/log.hpp"
#include "dns/customer_domain.hpp"
#include "keys/key_state.hpp"

namespace custdkim {

namespace {

constexpr std::string_view label_alphabet = "abcdefghijklmnopqrstuvwxyz0123456789";
constexpr std::size_t id_length = 15;
constexpr int max_attempts = 100;
constexpr std::size_t most_of_one_domain = 1000;

Error not_found(const std::string& id_or_domain) {
    return {Errc::not_found,
            "there is no key '" + id_or_domain + "'; 'custdkim key list' shows those there are"};
}

}  // namespace

KeyRegistry::KeyRegistry(RegistrySettings settings, Store& store, PairSource& pairs, Publisher& publisher,
                         const Clock& clock, Random& random)
    : settings_(std::move(settings)),
      store_(store),
      pairs_(pairs),
      publisher_(publisher),
      clock_(clock),
      random_(random) {}

Result<Key> KeyRegistry::create(const KeyRequest& request) {
    auto checked = check_request(request, settings_.zones);
    if (!checked) return checked.error();

    std::vector<SealedPair> pairs;
    while (pairs.size() < 2) {  // one for each slot; made before the lock, since it may take seconds
        auto pair = pairs_.take(checked->type);
        if (!pair) return pair.error();
        pairs.push_back(std::move(*pair));
    }

    const std::lock_guard lock(changes_);
    for (int attempt = 0; attempt < max_attempts; ++attempt) {
        auto key = try_create(*checked, pairs);
        if (!key) return key.error();
        if (*key) {
            log_info("key created", {{"key", (*key)->id},
                                     {"domain", (*key)->domain.text()},
                                     {"type", to_string((*key)->type)},
                                     {"zone", (*key)->zone.text()}});
            return std::move(**key);
        }
    }
    return Error{Errc::unavailable, "no free record label was found in " + checked->zone.text()};
}

// Nothing when the labels that were drawn are taken: draw again.
Result<std::optional<Key>> KeyRegistry::try_create(const CheckedRequest& request,
                                                   std::vector<SealedPair>& pairs) {
    std::vector<std::string> selectors = request.selectors;
    if (selectors.empty()) {
        const auto in_use = store_.selectors_in_use(request.domain);
        if (!in_use) return in_use.error();
        selectors = choose_selectors(*in_use);
        const auto fit = check_lengths(request.domain, request.zone, selectors);
        if (!fit) return fit.error();
    }
    const Timestamp now = clock_.now();
    Key key;
    key.id = "k" + random_.text(id_length, label_alphabet);
    key.zone = request.zone;
    key.domain = request.domain;
    key.match = request.match;
    key.type = request.type;
    key.org = request.org;
    key.created_at = now;
    std::vector<SealedPrivateKey> private_keys;
    for (std::size_t i = 0; i < selectors.size(); ++i) {
        auto label = draw_label(request.zone);
        if (!label) return label.error();
        const unsigned number = static_cast<unsigned>(i) + 1;
        Pair pair;
        pair.number = number;
        pair.public_key = pairs[i].public_key;
        pair.created_at = now;
        pair.published_at = now;
        key.slots.push_back({selectors[i], std::move(*label), {std::move(pair)}});
        private_keys.push_back({number, pairs[i].sealed_private_key});
    }
    const auto insertion = store_.insert(key, private_keys, now);
    if (!insertion) return insertion.error();
    switch (insertion->status) {
        case Insertion::Status::label_taken: return std::optional<Key>();
        case Insertion::Status::selector_taken:
            return Error{Errc::conflict, "the selector '" + insertion->culprit +
                                             "' is in use by another key of " + key.domain.text() +
                                             "; choose another one"};
        case Insertion::Status::done: break;
    }
    publisher_.publish(key, insertion->serial);
    return std::optional<Key>(std::move(key));
}

Result<std::string> KeyRegistry::draw_label(const dns::Name& zone) {
    for (int attempt = 0; attempt < max_attempts; ++attempt) {
        std::string label = random_.text(label_length, label_alphabet);
        if (!publisher_.is_reserved(zone, label)) return label;
    }
    return Error{Errc::unavailable, "the static records of " + zone.text() + " leave no free record label"};
}

Result<Key> KeyRegistry::find(const std::string& id_or_domain) {
    auto key = store_.find(id_or_domain);
    if (!key) return key.error();
    if (*key) return std::move(**key);
    const auto domain = dns::read_customer_domain(id_or_domain);
    if (!domain) return not_found(id_or_domain);
    auto page = store_.list({*domain, "", most_of_one_domain});
    if (!page) return page.error();
    // A deleted key, whose records are still there, is meant only where there is no other.
    const auto is_live = [](const Key& candidate) { return !candidate.deleted_at; };
    auto& keys = page->keys;
    if (std::any_of(keys.begin(), keys.end(), is_live)) std::erase_if(keys, std::not_fn(is_live));
    if (keys.empty()) return not_found(id_or_domain);
    if (keys.size() > 1) {
        return Error{Errc::conflict, "more than one key has the domain " + domain->text() +
                                         "; name it by its id, which 'custdkim key list' shows"};
    }
    return std::move(keys.front());
}

Result<KeyPage> KeyRegistry::list(const KeyFilter& filter) { return store_.list(filter); }

Result<Deletion> KeyRegistry::remove(const std::string& id_or_domain) {
    const std::lock_guard lock(changes_);
    auto key = find(id_or_domain);
    if (!key) return key.error();
    const Timestamp now = clock_.now();
    if (!key->deleted_at) {
        key->deleted_at = now;
        std::vector<unsigned> destroy;
        for (Slot& slot : key->slots) {
            for (Pair& pair : slot.pairs) {
                // R7: not before it began, whatever the clock says now.
                if (pair.signing_since && !pair.retired_at)
                    pair.retired_at = std::max(now, *pair.signing_since);
                destroy.push_back(pair.number);
            }
        }
        // A key that never signed is erased below in the same step; there is no half-deleted state to see.
        if (withdraw_at(*key, settings_.retention) > now) {
            if (const auto updated = store_.update(*key, destroy); !updated) return updated.error();
            ++key->version;
        }
        log_info("key deleted", {{"key", key->id}, {"domain", key->domain.text()}});
    }
    Deletion deletion{*key, withdraw_at(*key, settings_.retention), false};
    if (deletion.withdraw_at <= now) {
        if (const auto gone = withdraw(*key); !gone) return gone.error();
        deletion.withdrawn = true;
    }
    return deletion;
}

Result<std::optional<Timestamp>> KeyRegistry::withdraw_due() {
    const std::lock_guard lock(changes_);
    const auto deleted = store_.deleted_keys();
    if (!deleted) return deleted.error();
    std::optional<Timestamp> next;
    for (const Key& key : *deleted) {
        const Timestamp due = withdraw_at(key, settings_.retention);
        if (due > clock_.now()) {
            next = next ? std::min(*next, due) : due;
        } else if (const auto gone = withdraw(key); !gone) {
            return gone.error();
        }
    }
    return next;
}

Result<void> KeyRegistry::withdraw(const Key& key) {
    const auto serial = store_.erase(key, clock_.now());
    if (!serial) return serial.error();
    publisher_.withdraw(key, *serial);
    log_info("records withdrawn", {{"key", key.id}, {"domain", key.domain.text()}, {"serial", *serial}});
    return {};
}

}  // namespace custdkim
