#include "lab/simulation/key_book.hpp"

#include <algorithm>
#include <charconv>

#include "keys/key_state.hpp"

namespace custdkim::lab {

namespace {

// With what production would sign now.
Content signing_token(const Key& key) {
    const Slot* const slot = signing_slot(key);
    if (!slot) return absent;
    for (const Pair& pair : slot->pairs) {
        if (pair.signing_since && !pair.retired_at) return token_of(pair.public_key);
    }
    return absent;
}

}  // namespace

KeyNumber KeyBook::number_of(const Key& key) {
    KeyNumber number = 0;
    std::from_chars(key.org.data(), key.org.data() + key.org.size(), number);
    return number;
}

std::optional<Move> KeyBook::stored(const Key& key, TrueTime now) {
    const KeyNumber number = number_of(key);
    KeyEntry& entry = keys_[number];
    if (!entry.is_live) entry.id = key.id;
    entry.is_live = true;
    for (std::size_t slot = 0; slot < key.slots.size(); ++slot) {
        for (const Pair& pair : key.slots[slot].pairs) {
            PairRecord& record = pair_at(token_of(pair.public_key));
            record.key = number;
            record.slot = static_cast<std::uint8_t>(slot);
        }
    }
    return move(entry, signing_token(key), now);
}

std::optional<Move> KeyBook::erased(const Key& key, TrueTime now) {
    KeyEntry& entry = keys_[number_of(key)];
    entry.is_live = false;
    return move(entry, absent, now);
}

void KeyBook::give_up_all(const Key& key) {
    for (const Slot& slot : key.slots) {
        for (const Pair& pair : slot.pairs) give_up(token_of(pair.public_key));
    }
}

void KeyBook::note_asked(KeyNumber number, TrueTime now) {
    keys_[number].asked_since = std::min(keys_[number].asked_since, now);
}

PairRecord& KeyBook::pair_at(Content token) {
    if (pairs_.size() <= token) pairs_.resize(std::max<std::size_t>(token + 1, pairs_.size() * 2));
    return pairs_[token];
}

std::optional<Move> KeyBook::move(KeyEntry& entry, Content to, TrueTime now) {
    if (entry.signing == to) return std::nullopt;
    const Move move{entry.signing, to};
    if (move.from != absent) pair_at(move.from).signs_until = now;
    if (move.to != absent) {
        PairRecord& pair = pair_at(move.to);
        pair.signs_since = std::min(pair.signs_since, now);
        pair.signs_until = never;
    }
    entry.signed_before = move.from;
    entry.moved_at = now;
    entry.signing = to;
    return move;
}

}  // namespace custdkim::lab
