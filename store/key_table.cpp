#include "store/key_table.hpp"

#include <algorithm>

#include "store/key_rows.hpp"
#include "store/outcomes.hpp"

namespace custdkim::sqlite {

namespace {

std::int64_t number(std::size_t position) { return static_cast<std::int64_t>(position); }

}  // namespace

std::vector<std::string> KeyTable::selectors_of(const dns::Name& domain) {
    std::vector<std::string> found;
    selectors_.bind(domain.text());
    while (selectors_.step()) found.emplace_back(selectors_.text(0));
    return found;
}

std::optional<std::string> KeyTable::issued_label(const Key& key) {
    for (const Slot& slot : key.slots) {
        is_issued_.bind(slot.label);
        const bool issued = is_issued_.step();
        is_issued_.reset();
        const auto same = [&](const Slot& other) { return &other != &slot && other.label == slot.label; };
        if (issued || std::any_of(key.slots.begin(), key.slots.end(), same)) return slot.label;
    }
    return std::nullopt;
}

void KeyTable::add(const Key& key, std::int64_t zone, std::span<const SealedPrivateKey> private_keys,
                   Timestamp now) {
    for (const Slot& slot : key.slots) issue_.bind(slot.label, zone, seconds(now)).run();
    add_key_
        .bind(key.id, zone, key.domain.text(), to_string(key.match), to_string(key.type), key.org,
              static_cast<std::int64_t>(key.version), seconds(key.created_at), seconds(key.activated_at),
              seconds(key.rotation_requested_at), seconds(key.revoked_at), seconds(key.deleted_at))
        .run();
    const std::int64_t row = database_.last_row();
    for (std::size_t position = 0; position < key.slots.size(); ++position) {
        const Slot& slot = key.slots[position];
        add_slot_.bind(row, number(position), slot.selector, slot.label).run();
    }
    set_checks(row, key);
    add_pairs(row, key);
    add_private_keys(row, private_keys);
}

std::optional<std::int64_t> KeyTable::change(const Change& change) {
    const Key& key = change.key;
    const auto found = find(key);
    if (!found) return std::nullopt;
    if (found->slots != key.slots.size()) throw Failure{outcomes::other_slots(key.id)};
    set_key_
        .bind(to_string(key.match), key.org, seconds(key.activated_at), seconds(key.rotation_requested_at),
              seconds(key.revoked_at), seconds(key.deleted_at), found->row)
        .run();
    set_checks(found->row, key);
    drop_pairs_.bind(found->row).run();
    add_pairs(found->row, key);
    for (const unsigned pair : change.destroy) destroy_.bind(found->row, std::int64_t{pair}).run();
    add_private_keys(found->row, change.add);
    return found->zone;
}

std::optional<std::int64_t> KeyTable::erase(const Key& key) {
    const auto found = find(key);
    if (!found) return std::nullopt;
    erase_.bind(found->row).run();
    return found->zone;
}

std::optional<KeyTable::Found> KeyTable::find(const Key& key) {
    find_.bind(key.id, static_cast<std::int64_t>(key.version));
    if (!find_.step()) return std::nullopt;
    const Found found{find_.number(0), find_.number(1), static_cast<std::size_t>(find_.number(2))};
    find_.reset();
    return found;
}

void KeyTable::set_checks(std::int64_t row, const Key& key) {
    for (std::size_t position = 0; position < key.slots.size(); ++position) {
        const Slot& slot = key.slots[position];
        const SlotCheck& check = slot.check;
        using Text = std::optional<std::string_view>;
        const bool looked = check.last.has_value();
        set_check_
            .bind(looked ? Text(to_string(check.last->outcome)) : Text(),
                  looked ? Text(check.last->cause) : Text(), looked ? Text(check.last->detail) : Text(),
                  looked ? Text(check.last->fix) : Text(),
                  looked ? std::optional(seconds(check.last->checked_at)) : std::nullopt,
                  seconds(check.verified_at),
                  check.verified_pair != 0 ? std::optional(std::int64_t{check.verified_pair}) : std::nullopt,
                  seconds(check.passing_since), row, number(position), slot.selector, slot.label)
            .run();
        // A slot's names are in the customer's zone: no change may touch them.
        if (database_.changed_rows() == 0) throw Failure{outcomes::other_slots(key.id)};
    }
}

void KeyTable::add_pairs(std::int64_t row, const Key& key) {
    for (std::size_t position = 0; position < key.slots.size(); ++position) {
        for (const Pair& pair : key.slots[position].pairs) {
            const auto revealed = pair.revealed.empty()
                                      ? std::nullopt
                                      : std::optional(std::span<const std::uint8_t>(pair.revealed));
            add_pair_
                .bind(row, number(position), std::int64_t{pair.number}, std::span(pair.public_key),
                      seconds(pair.created_at), seconds(pair.published_at), seconds(pair.visible_at),
                      seconds(pair.signing_since), seconds(pair.retired_at), seconds(pair.compromised_at),
                      seconds(pair.revoked_at), seconds(pair.destroyed_at), revealed)
                .run();
        }
    }
}

void KeyTable::add_private_keys(std::int64_t row, std::span<const SealedPrivateKey> private_keys) {
    for (const SealedPrivateKey& secret : private_keys) {
        add_private_key_.bind(row, std::int64_t{secret.pair}, std::span(secret.sealed)).run();
    }
}

}  // namespace custdkim::sqlite
