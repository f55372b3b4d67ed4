#include "store/key_table.hpp"

#include <algorithm>

#include "store/outcomes.hpp"

namespace custdkim::sqlite {

namespace {

std::int64_t number(std::size_t position) { return static_cast<std::int64_t>(position); }

const Pair* find_pair(const std::vector<Pair>& pairs, unsigned wanted) {
    const auto found =
        std::find_if(pairs.begin(), pairs.end(), [&](const Pair& pair) { return pair.number == wanted; });
    return found == pairs.end() ? nullptr : &*found;
}

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

std::int64_t KeyTable::add(const Key& key, std::int64_t zone, std::span<const SealedPrivateKey> private_keys,
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
        set_check(row, position, slot.check);
        set_pairs(row, position, {}, slot.pairs);
    }
    add_private_keys(row, private_keys);
    return row;
}

std::optional<std::int64_t> KeyTable::change(const Change& change) {
    const Key& key = change.key;
    const auto found = find(key);
    if (!found) return std::nullopt;
    const std::int64_t row = found->row;
    if (!found->same_for_ever) throw Failure{outcomes::lasting_facts(key.id)};
    const std::vector<Slot> stored = slots_.read(row, key.type);
    if (!outcomes::same_slots(stored, key.slots)) throw Failure{outcomes::lasting_facts(key.id)};
    set_key_
        .bind(to_string(key.match), key.org, seconds(key.activated_at), seconds(key.rotation_requested_at),
              seconds(key.revoked_at), seconds(key.deleted_at), row)
        .run();
    // Only what is new is written: each page less is one less to be logged, flushed and written back.
    for (std::size_t position = 0; position < key.slots.size(); ++position) {
        const Slot& before = stored[position];
        const Slot& after = key.slots[position];
        if (!(before.check == after.check)) set_check(row, position, after.check);
        set_pairs(row, position, before.pairs, after.pairs);
    }
    for (const unsigned pair : change.destroy) destroy_.bind(row, std::int64_t{pair}).run();
    add_private_keys(row, change.add);
    return row;
}

std::optional<std::int64_t> KeyTable::erase(const Key& key) {
    const auto found = find(key);
    if (!found) return std::nullopt;
    erase_.bind(found->row).run();
    add_erased_.bind(key.id, found->row).run();
    return found->row;
}

std::optional<KeyTable::Found> KeyTable::find(const Key& key) {
    find_.bind(key.id, static_cast<std::int64_t>(key.version));
    if (!find_.step()) return std::nullopt;
    const Found found{find_.number(0), find_.text(1) == key.zone.text() &&
                                           find_.text(2) == key.domain.text() &&
                                           find_.text(3) == to_string(key.type)};
    find_.reset();
    return found;
}

void KeyTable::set_check(std::int64_t row, std::size_t position, const SlotCheck& check) {
    using Text = std::optional<std::string_view>;
    const bool looked = check.last.has_value();
    const auto lines = [&](const std::vector<std::string> Finding::*list) {  // NULL where there are none
        return looked && !(*check.last.*list).empty() ? std::optional(join_lines(*check.last.*list))
                                                      : std::nullopt;
    };
    set_check_
        .bind(looked ? Text(to_string(check.last->outcome)) : Text(),
              looked ? Text(check.last->cause) : Text(), looked ? Text(check.last->detail) : Text(),
              looked ? Text(check.last->fix) : Text(),
              looked ? std::optional(seconds(check.last->checked_at)) : std::nullopt,
              seconds(check.verified_at),
              check.verified_pair != 0 ? std::optional(std::int64_t{check.verified_pair}) : std::nullopt,
              seconds(check.passing_since), lines(&Finding::candidates), lines(&Finding::evidence),
              seconds(check.failing_since), seconds(check.last_failed_at),
              check.failed_looks != 0 ? std::optional(std::int64_t{check.failed_looks}) : std::nullopt, row,
              number(position))
        .run();
}

void KeyTable::set_pairs(std::int64_t row, std::size_t position, const std::vector<Pair>& before,
                         const std::vector<Pair>& after) {
    for (const Pair& pair : before) {
        if (find_pair(after, pair.number)) continue;
        drop_pair_.bind(row, number(position), std::int64_t{pair.number}).run();
    }
    for (const Pair& pair : after) {
        if (const Pair* const same = find_pair(before, pair.number); same && *same == pair) continue;
        const auto revealed = pair.revealed.empty()
                                  ? std::nullopt
                                  : std::optional(std::span<const std::uint8_t>(pair.revealed));
        set_pair_
            .bind(row, number(position), std::int64_t{pair.number}, std::span(pair.public_key),
                  seconds(pair.created_at), seconds(pair.published_at), seconds(pair.visible_at),
                  seconds(pair.signing_since), seconds(pair.retired_at), seconds(pair.compromised_at),
                  seconds(pair.revoked_at), seconds(pair.destroyed_at), revealed)
            .run();
    }
}

void KeyTable::add_private_keys(std::int64_t row, std::span<const SealedPrivateKey> private_keys) {
    for (const SealedPrivateKey& secret : private_keys) {
        add_private_key_.bind(row, std::int64_t{secret.pair}, std::span(secret.sealed)).run();
    }
}

}  // namespace custdkim::sqlite
