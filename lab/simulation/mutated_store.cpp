#include "lab/simulation/mutated_store.hpp"

namespace custdkim::lab {

namespace {

Pair* signing_pair_in(Key& key) {
    for (Slot& slot : key.slots) {
        for (Pair& pair : slot.pairs) {
            if (pair.signing_since && !pair.retired_at) return &pair;
        }
    }
    return nullptr;
}

// The pair that signed before signs on, beside the new one.
void keep_signing(Change& change, Key before) {
    const Pair* const old = signing_pair_in(before);
    if (!old) return;
    for (Slot& slot : change.key.slots) {
        for (Pair& pair : slot.pairs) {
            if (pair.number != old->number) continue;
            pair = *old;
            std::erase(change.destroy, pair.number);
        }
    }
}

void deactivate_if_unknown(Change& change) {
    for (const Slot& slot : change.key.slots) {
        const auto& last = slot.check.last;
        if (!last || last->outcome != Outcome::unknown || last->checked_at != change.event.at) continue;
        if (Pair* const pair = signing_pair_in(change.key)) pair->retired_at = change.event.at;
        change.key.activated_at.reset();
    }
}

void forget(Change& change, const Key& before) {
    change.key = before;
    change.destroy.clear();
}

}  // namespace

Result<std::vector<Committed>> MutatedStore::commit(std::span<const Change> changes, Timestamp now) {
    if (mutation_ == Mutation::none) return inner_->commit(changes, now);
    std::vector<Change> broken(changes.begin(), changes.end());
    for (Change& change : broken) break_change(change);
    return inner_->commit(broken, now);
}

void MutatedStore::break_change(Change& change) {
    switch (mutation_) {
        case Mutation::two_signers:
            if (change.event.action != "sign") break;
            if (auto before = inner_->find(change.key.id); before && *before) keep_signing(change, **before);
            break;
        case Mutation::unknown_is_missing: deactivate_if_unknown(change); break;
        case Mutation::still_serial: change.moves_serial = false; break;
        case Mutation::kept_private_keys: change.destroy.clear(); break;
        case Mutation::forgotten_orders:
            if (change.event.actor != "operator" || change.event.action == "activate") break;
            if (auto before = inner_->find(change.key.id); before && *before) forget(change, **before);
            break;
        default: break;
    }
}

Result<Serial> MutatedStore::erase(const Key& key, const Event& event, Timestamp now) {
    auto serial = inner_->erase(key, event, now);
    if (serial && mutation_ == Mutation::labels_again) forget_labels(now);
    return serial;
}

// As if the store had been dumped and loaded, and what was issued once were not in the dump.
void MutatedStore::forget_labels(Timestamp now) {
    auto fresh = std::make_unique<MemoryStore>();
    const auto zones = inner_->open_zones(zones_, now);
    for (const StoredZone& zone : zones.value()) {  // serials go on where they were: R6 is not what is broken
        (void)fresh->open_zones({&zone.name, 1}, Timestamp(Duration(zone.serial)));
    }
    for (const std::string_view name : {"clock"}) {
        if (const auto note = inner_->note(name); note && *note) (void)fresh->set_note(name, **note);
    }
    std::vector<Key> keys;
    (void)inner_->for_each_key([&](const Key& key) { keys.push_back(key); });
    for (const Key& key : keys) {
        Creation again{key, {}, {}};
        for (const Slot& slot : key.slots) {
            for (const Pair& pair : slot.pairs) {
                const auto sealed = inner_->private_key(key.id, pair.number);
                if (sealed && *sealed) again.private_keys.push_back({pair.number, **sealed});
            }
        }
        (void)fresh->insert(again, now);
    }
    inner_ = std::move(fresh);
}

}  // namespace custdkim::lab
