// The names of a key zone in their order, or in that of their hashes: what is there, and how it is kept.
#include <algorithm>
#include <utility>

#include "dns/canonical_order.hpp"
#include "zone/hash_index.hpp"
#include "zone/key_zone.hpp"
#include "zone/label_index.hpp"
#include "zone/zone_contents.hpp"

namespace custdkim {

struct KeyZone::HashedName {
    NameHash hash;
    HashedOwner owner;
};

namespace {

// Small: look-ups wait while a batch of hashes is entered.
constexpr std::size_t batch_size = 64;

std::string relative_name(std::string_view selector, std::string_view label) {
    std::string relative(selector);
    relative += '.';
    relative += label;
    return relative;
}

HashedOwner owner_of(HashedOwner::Kind kind, std::string_view label) {
    HashedOwner owner{kind, {}};
    std::copy_n(label.begin(), std::min(label.size(), owner.octets.size()), owner.octets.begin());
    return owner;
}

std::string_view label_of(const HashedOwner& owner) {
    return {owner.octets.begin(), std::find(owner.octets.begin(), owner.octets.end(), '\0')};
}

}  // namespace

void KeyZone::put(const Key& key) {
    for (const Slot& slot : key.slots) {
        if (const auto old = labels_->find(slot.label); old && old->selector != slot.selector)
            erase(slot.label);
        labels_->put(slot.label, {slot.selector, key.type, record_content(slot)});
        for (HashIndex* const index : {hashes_.get(), growing_.get()}) {
            if (!index) continue;
            for (const HashedName& name : hashed_names(*index, slot.label, slot.selector)) {
                index->put(name.hash, name.owner);
            }
        }
    }
}

void KeyZone::erase(std::string_view label) {
    for (HashIndex* const index : {hashes_.get(), growing_.get()}) {
        const auto entry = index ? labels_->find(label) : std::nullopt;
        if (!entry) continue;
        for (const HashedName& name : hashed_names(*index, label, entry->selector)) index->erase(name.hash);
    }
    labels_->erase(label);
}

// Of a label and of the slot below it, unless static records stand there: those hide them.
std::vector<KeyZone::HashedName> KeyZone::hashed_names(const HashIndex& index, std::string_view label,
                                                       std::string_view selector) const {
    std::vector<HashedName> names;
    const std::string slot = relative_name(selector, label);
    if (!statics_->find(label))
        names.push_back({index.hash(label), owner_of(HashedOwner::Kind::label, label)});
    if (!statics_->find(slot)) names.push_back({index.hash(slot), owner_of(HashedOwner::Kind::slot, label)});
    return names;
}

std::optional<Neighbours> KeyZone::neighbours(std::string_view relative) const {
    const std::shared_lock lock(mutex_);
    return hashes_ ? hashed_neighbours(relative) : canonical_neighbours(relative);
}

// The closest of the static names and of the keys' on either side. The apex is at or before everything, so
// that it is also what comes behind the last.
std::optional<Neighbours> KeyZone::canonical_neighbours(std::string_view relative) const {
    const std::string wanted = dns::order_key(relative);
    const std::vector<std::string> labels = dns::labels_of(relative);
    const auto of_keys = labels_->around(
        labels.empty() ? "" : labels.back(), [&](std::string_view label, const LabelEntry& entry) {
            return dns::order_key(relative_name(entry.selector, label)) > wanted;
        });
    const auto of_statics = statics_->around(wanted);
    std::string before(statics_->relative(*of_statics.before));
    std::string after(of_statics.after ? statics_->relative(*of_statics.after) : "");
    if (of_keys.before) {
        std::string name = relative_name(of_keys.before->entry.selector, of_keys.before->label);
        if (dns::order_key(name) > of_statics.before->order) before = std::move(name);
    }
    if (of_keys.after) {
        std::string name = relative_name(of_keys.after->entry.selector, of_keys.after->label);
        if (!of_statics.after || dns::order_key(name) < of_statics.after->order) after = std::move(name);
    }
    return Neighbours{before, before, after};
}

std::optional<Neighbours> KeyZone::hashed_neighbours(std::string_view hash) const {
    const auto wanted = parse_hash(hash);
    const auto link = wanted ? hashes_->around(*wanted) : std::nullopt;
    if (!link) return std::nullopt;
    std::string owner(label_of(link->owner));
    if (link->owner.kind == HashedOwner::Kind::listed) {
        owner = statics_->relative(listed_name(*statics_, link->owner));
    } else if (link->owner.kind == HashedOwner::Kind::slot) {
        owner = relative_name(labels_->find(owner)->selector, owner);
    }
    return Neighbours{std::move(owner), to_text(link->before), to_text(link->after)};
}

void KeyZone::set_hashing(std::optional<Hashing> hashing) {
    const std::lock_guard one_at_a_time(hashing_);
    const Chain chain = chain_of(hashing);
    if (hashing) {
        auto fresh = std::make_unique<HashIndex>(std::move(*hashing), name());
        put_listed(*fresh, *statics_, chain);
        {
            const std::unique_lock lock(mutex_);
            growing_ = std::move(fresh);  // from here on changes are entered into it, too
        }
        grow();
    }
    std::unique_ptr<HashIndex> old;  // taken apart once the lock is gone
    const std::unique_lock lock(mutex_);
    old = std::exchange(hashes_, std::move(growing_));
    chain_ = chain;
    count_change();
}

// Hashes take their time, and are made without the lock; what has changed meanwhile has been entered by those
// who changed it, and what is gone must not come back.
void KeyZone::grow() {
    struct Known {
        std::string label, selector;
        std::vector<HashedName> names;
    };
    for (std::string last;;) {
        std::vector<Known> batch;
        {
            const std::shared_lock lock(mutex_);
            labels_->for_each_after(last, batch_size, [&](const std::string& label, const LabelEntry& entry) {
                batch.push_back({label, std::string(entry.selector), {}});
            });
        }
        if (batch.empty()) return;
        last = batch.back().label;
        for (Known& known : batch) known.names = hashed_names(*growing_, known.label, known.selector);
        const std::unique_lock lock(mutex_);
        for (const Known& known : batch) {
            const auto entry = labels_->find(known.label);
            if (!entry || entry->selector != known.selector) continue;
            for (const HashedName& name : known.names) growing_->put(name.hash, name.owner);
        }
    }
}

}  // namespace custdkim
