#include "keys/key_registry.hpp"

#include <algorithm>
#include <functional>

#include "base/log.hpp"
#include "dns/customer_domain.hpp"
#include "keys/insist.hpp"
#include "keys/rotation.hpp"

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

// It signs no more, and its private keys are destroyed.
void mark_deleted(Change& change, Timestamp now) {
    change.key.deleted_at = now;
    for (Slot& slot : change.key.slots) {
        for (Pair& pair : slot.pairs) {
            // R7: not before it began, whatever the clock says now.
            if (pair.signing_since && !pair.retired_at) pair.retired_at = std::max(now, *pair.signing_since);
            if (pair.destroyed_at) continue;
            pair.destroyed_at = now;
            change.destroy.push_back(pair.number);
        }
    }
}

}  // namespace

KeyRegistry::KeyRegistry(RegistrySettings settings, Store& store, Ledger& ledger, PairSource& pairs,
                         const Publisher& publisher, const Clock& clock, Random& random)
    : settings_(std::move(settings)),
      store_(store),
      ledger_(ledger),
      pairs_(pairs),
      publisher_(publisher),
      clock_(clock),
      random_(random) {}

Result<Key> KeyRegistry::create(const KeyRequest& request) {
    auto checked = check_request(request, settings_.zones);
    if (!checked) return checked.error();

    const RotationPolicy& policy = settings_.policy(checked->zone);
    const std::size_t wanted =
        policy.alternate_at_creation == AlternateAtCreation::standby ? policy.slots : 1;
    std::vector<SealedPair> pairs;
    while (pairs.size() < wanted) {
        auto pair = pairs_.take(checked->type);
        if (!pair) return pair.error();
        pairs.push_back(std::move(*pair));
    }

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
    const auto selectors = selectors_for(request);
    if (!selectors) return selectors.error();
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
    for (std::size_t i = 0; i < selectors->size(); ++i) {
        auto label = draw_label(request.zone);
        if (!label) return label.error();
        Slot& slot = key.slots.emplace_back();
        slot.selector = (*selectors)[i];
        slot.label = std::move(*label);
        if (i >= pairs.size()) continue;  // a placeholder
        Pair& pair = slot.pairs.emplace_back();
        pair.number = static_cast<unsigned>(i) + 1;
        pair.public_key = pairs[i].public_key;
        pair.created_at = now;
        pair.published_at = now;
        private_keys.push_back({pair.number, pairs[i].sealed_private_key});
    }
    const Event event{
        0, now, "operator", "create", key.id, key.domain.text(), std::string(to_string(key.type))};
    const auto insertion = ledger_.insert(key, private_keys, event);
    if (!insertion) return insertion.error();
    switch (insertion->status) {
        case Insertion::Status::label_taken: return std::optional<Key>();
        case Insertion::Status::selector_taken:
            return Error{Errc::conflict, "the selector '" + insertion->culprit +
                                             "' is in use by another key of " + key.domain.text() +
                                             "; choose another one"};
        case Insertion::Status::done: break;
    }
    return std::optional<Key>(std::move(key));
}

Result<std::vector<std::string>> KeyRegistry::selectors_for(const CheckedRequest& request) {
    const std::size_t slots = settings_.policy(request.zone).slots;
    if (!request.selectors.empty()) {
        if (request.selectors.size() == slots) return request.selectors;
        return invalid("keys in " + request.zone.text() + " have " + std::to_string(slots) +
                       " slots; give as many selectors, or none");
    }
    const auto in_use = store_.selectors_in_use(request.domain);
    if (!in_use) return in_use.error();
    auto selectors = choose_selectors(*in_use, slots);
    if (const auto fit = check_lengths(request.domain, request.zone, selectors); !fit) return fit.error();
    return selectors;
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
    return insist([&] { return try_remove(id_or_domain); });
}

Result<Deletion> KeyRegistry::try_remove(const std::string& id_or_domain) {
    auto key = find(id_or_domain);
    if (!key) return key.error();
    const Timestamp now = clock_.now();
    Change change;
    change.key = *key;
    change.event = {0, now, "operator", "delete", key->id, key->domain.text(), ""};
    if (!key->deleted_at) mark_deleted(change, now);
    Deletion deletion{change.key,
                      withdraw_at(change.key, settings_.policy(key->zone).retention, settings_.clock_steps()),
                      false};
    if (deletion.withdraw_at <= now) {
        // It never signed: it is erased in the same step, and there is no half-deleted state to see.
        if (const auto gone = ledger_.erase(*key, change.event); !gone) return gone.error();
        deletion.withdrawn = true;
    } else if (!key->deleted_at) {
        auto committed = ledger_.commit(std::move(change));
        if (!committed) return committed.error();
        deletion.key = std::move(*committed);
    }
    log_info("key deleted", {{"key", key->id}, {"domain", key->domain.text()}});
    return deletion;
}

}  // namespace custdkim
