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

Error other_org(const Mandate& mandate) {
    return refused("the keys of " + mandate.actor + " belong to the organisation " + mandate.org +
                   "; name that one, or none");
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

Result<Key> KeyRegistry::create(const KeyRequest& request, const Mandate& mandate,
                                const std::optional<IdempotencyKey>& once) {
    KeyRequest asked = request;
    if (!mandate.org.empty() && asked.org.value_or(mandate.org) != mandate.org) return other_org(mandate);
    if (!mandate.org.empty()) asked.org = mandate.org;
    Plan plan{{}, {}, mandate.actor, once};
    if (once) {
        auto earlier = find_earlier(*once);
        if (!earlier) return earlier.error();
        if (*earlier) return std::move(**earlier);
    }
    auto checked = check_request(asked, settings_.zones);
    if (!checked) return checked.error();
    plan.request = std::move(*checked);

    const RotationPolicy& policy = settings_.policy(plan.request.zone);
    const std::size_t wanted =
        policy.alternate_at_creation == AlternateAtCreation::standby ? policy.slots : 1;
    while (plan.pairs.size() < wanted) {
        auto pair = pairs_.take(plan.request.type);
        if (!pair) return pair.error();
        plan.pairs.push_back(std::move(*pair));
    }

    for (int attempt = 0; attempt < max_attempts; ++attempt) {
        auto key = try_create(plan);
        if (!key) return key.error();
        if (*key) return std::move(**key);
    }
    return Error{Errc::unavailable, "no free record label was found in " + plan.request.zone.text()};
}

// The key that the same caller made with the same idempotency key, as it is now.
Result<std::optional<Key>> KeyRegistry::find_earlier(const IdempotencyKey& once) {
    const auto earlier = store_.earlier(once.caller, once.key, clock_.now());
    if (!earlier) return earlier.error();
    if (!*earlier) return std::optional<Key>();
    if ((*earlier)->request != once.request) {
        return refused("this Idempotency-Key came with another request before; take a new one");
    }
    auto key = store_.find((*earlier)->key_id);
    if (key && !*key) {
        return Error{Errc::refused, "the key " + (*earlier)->key_id +
                                        ", which this Idempotency-Key made, is gone; take a new one to "
                                        "make another key"};
    }
    return key;
}

// Nothing when the labels that were drawn are taken: draw again.
Result<std::optional<Key>> KeyRegistry::try_create(const Plan& plan) {
    const CheckedRequest& request = plan.request;
    const auto selectors = selectors_for(request);
    if (!selectors) return selectors.error();
    const Timestamp now = clock_.now();
    Creation creation;
    Key& key = creation.key;
    key.id = "k" + random_.text(id_length, label_alphabet);
    key.zone = request.zone;
    key.domain = request.domain;
    key.match = request.match;
    key.type = request.type;
    key.org = request.org;
    key.created_at = now;
    for (std::size_t i = 0; i < selectors->size(); ++i) {
        auto label = draw_label(request.zone);
        if (!label) return label.error();
        Slot& slot = key.slots.emplace_back();
        slot.selector = (*selectors)[i];
        slot.label = std::move(*label);
        if (i >= plan.pairs.size()) continue;  // a placeholder
        Pair& pair = slot.pairs.emplace_back();
        pair.number = static_cast<unsigned>(i) + 1;
        pair.public_key = plan.pairs[i].public_key;
        pair.created_at = now;
        pair.published_at = now;
        creation.private_keys.push_back({pair.number, plan.pairs[i].sealed_private_key});
    }
    creation.event = {
        0, now, plan.actor, "create", key.id, key.domain.text(), std::string(to_string(key.type))};
    creation.once = plan.once;
    const auto insertion = ledger_.insert(creation);
    if (!insertion) return insertion.error();
    switch (insertion->status) {
        case Insertion::Status::label_taken: return std::optional<Key>();
        case Insertion::Status::repeated: return find_earlier(*plan.once);  // meanwhile
        case Insertion::Status::selector_taken:
            return Error{Errc::conflict, "the selector '" + insertion->culprit +
                                             "' is in use by another key of " + key.domain.text() +
                                             "; choose another one"};
        case Insertion::Status::done: break;
    }
    log_info("key created", {{"key", key.id},
                             {"domain", key.domain.text()},
                             {"type", to_string(key.type)},
                             {"zone", key.zone.text()}});
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
        std::string label = settings_.label_prefix + random_.text(label_length, label_alphabet);
        if (!publisher_.is_reserved(zone, label)) return label;
    }
    return Error{Errc::unavailable, "the static records of " + zone.text() + " leave no free record label"};
}

Result<Key> KeyRegistry::find(const std::string& id_or_domain, const Mandate& mandate) {
    auto key = find_named(id_or_domain, mandate);
    if (key && mandate.condition && !mandate.condition(*key)) {
        return Error{Errc::changed, "the key " + key->id + " of " + key->domain.text() +
                                        " is not as it was when it was looked at; look again"};
    }
    return key;
}

Result<Key> KeyRegistry::find_named(const std::string& id_or_domain, const Mandate& mandate) {
    auto key = store_.find(id_or_domain);
    if (!key) return key.error();
    if (*key && !mandate.org.empty() && (*key)->org != mandate.org) return not_found(id_or_domain);
    if (*key) return std::move(**key);
    const auto domain = dns::read_customer_domain(id_or_domain);
    if (!domain) return not_found(id_or_domain);
    auto page = store_.list({*domain, "", most_of_one_domain, mandate.org});
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

Result<Deletion> KeyRegistry::remove(const std::string& id_or_domain, const Mandate& mandate) {
    return insist([&] { return try_remove(id_or_domain, mandate); });
}

Result<Deletion> KeyRegistry::try_remove(const std::string& id_or_domain, const Mandate& mandate) {
    auto key = find(id_or_domain, mandate);
    if (!key) return key.error();
    const Timestamp now = clock_.now();
    Change change;
    change.key = *key;
    change.event = {0, now, mandate.actor, "delete", key->id, key->domain.text(), ""};
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
