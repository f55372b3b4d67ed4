#include "lab/simulation/mail.hpp"

#include <algorithm>

namespace custdkim::lab {

namespace {

using std::chrono::days;
using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

constexpr std::uint64_t mail_stream = 0x3a11;
constexpr Duration retry = hours(1);

// Most mail arrives at once, some waits for a day, and some as long as anybody tries (RFC 5321 section
// 4.5.4.1).
Duration draw_delay(Chance& chance, Duration transit) {
    const double u = chance.unit();
    if (u < 0.7) return chance.exponential(20);
    if (u < 0.95) return chance.log_between(minutes(1), days(1));
    return chance.log_between(hours(6), transit);
}

}  // namespace

Mail::Mail(MailSettings settings, Parts parts)
    : settings_(settings), parts_(parts), failed_looks_(settings.keys * slots_of_a_key, before_all) {
    chances_.reserve(settings.keys);
    for (std::size_t key = 0; key < settings.keys; ++key)
        chances_.emplace_back(settings.seed, mail_stream, key);
}

void Mail::begin(KeyNumber key, TrueTime now) {
    if (settings_.messages_per_day <= 0) return;
    const Duration gap = chances_[key].exponential(86400 / settings_.messages_per_day);
    parts_.queue.put(now + gap, EventKind::send, key);
}

void Mail::send(KeyNumber key, TrueTime now, bool can_sign) {
    const KeyEntry& entry = parts_.book.key(key);
    if (!entry.is_live) return;
    begin(key, now);
    if (!can_sign || entry.signing == absent) return;
    parts_.book.note_asked(key, now);
    put({now, key, entry.signing, Age::any},
        std::min(draw_delay(chances_[key], settings_.transit), settings_.transit));
}

void Mail::signing_moved(KeyNumber key, const Move& move, TrueTime now) {
    if (move.from != absent) {
        // Under way for as long as mail can be, and then looked up by somebody who never asked before.
        put({now, key, move.from, Age::fresh}, settings_.transit);
        put({now, key, move.from, Age::any}, draw_delay(chances_[key], settings_.transit));
    }
    if (move.to == absent) return;
    const PairRecord& pair = parts_.book.pair(move.to);
    const SlotNumber slot = slot_number(key, pair.slot);
    const bool was_never_right = !parts_.customers.ever_right(slot, now - settings_.verified_within, now);
    // Where a pair that verified could have gone on.
    const bool was_seen_wrong =
        move.from != absent && failed_looks_[slot] > now - settings_.customer_negative_ttl;
    reckless_since_.resize(std::max<std::size_t>(reckless_since_.size(), move.to + 1), never);
    reckless_since_[move.to] = was_never_right || was_seen_wrong ? now : never;
    parts_.book.note_asked(key, now);
    put({now, key, move.to, Age::oldest}, seconds(1));
    put({now, key, move.to, Age::fresh}, seconds(1));
}

void Mail::looked(const TrueLook& look, TrueTime now) {
    if (look.outcome == Outcome::fail) failed_looks_[look.slot] = now;
}

void Mail::put(const Message& message, Duration delay) {
    ++parts_.tally.messages;
    std::uint32_t index = 0;
    if (free_.empty()) {
        index = static_cast<std::uint32_t>(messages_.size());
        messages_.push_back(message);
    } else {
        index = free_.back();
        free_.pop_back();
        messages_[index] = message;
    }
    parts_.queue.put(message.signed_at + delay, EventKind::deliver, index);
}

void Mail::deliver(std::uint32_t index, TrueTime now) {
    const Message message = messages_[index];
    const Trouble trouble = verify(message, now);
    if (trouble == Trouble::unreachable && now + retry <= message.signed_at + settings_.transit) {
        parts_.queue.put(now + retry, EventKind::deliver, index);  // TEMPFAIL (RFC 6376 section 6.1)
        return;
    }
    free_.push_back(index);
    if (trouble == Trouble::none) {
        ++parts_.tally.verified;
    } else if (trouble == Trouble::unreachable) {
        ++parts_.tally.undelivered;
    } else {
        lose(message, trouble, now);
    }
}

Mail::Trouble Mail::verify(const Message& message, TrueTime now) {
    Chance& chance = chances_[message.key];
    const SlotNumber slot = slot_number(message.key, parts_.book.pair(message.pair).slot);
    const TrueTime asked_since = parts_.book.key(message.key).asked_since;
    const auto alias = parts_.caches.alias(slot, asked_since, now, message.age, chance);
    if (!alias) return Trouble::unreachable;
    if (*alias == Alias::missing) return Trouble::no_alias;
    if (*alias != Alias::right) return Trouble::wrong_alias;
    const auto content = parts_.caches.record(slot, asked_since, now, message.age, chance);
    if (!content) return Trouble::unreachable;
    if (*content == message.pair) return Trouble::none;
    if (*content == absent) return Trouble::no_record;
    return *content == revoked ? Trouble::revoked_record : Trouble::other_pair;
}

// The customer's fault if caches found no right CNAME; but ours if signing moved there while we knew, or
// could have known by a look, until the CNAME was right and caches had time to learn it.
Blame Mail::blame(const Message& message, Trouble trouble) const {
    const PairRecord& pair = parts_.book.pair(message.pair);
    if (trouble != Trouble::no_alias && trouble != Trouble::wrong_alias) {
        return pair.given_up ? Blame::order : Blame::ours;
    }
    const TrueTime since = message.pair < reckless_since_.size() ? reckless_since_[message.pair] : never;
    if (since == never) return Blame::customers;
    const TrueTime right = parts_.customers.first_right(slot_number(message.key, pair.slot), since);
    const bool is_past = right != never && message.signed_at >= right + settings_.customer_negative_ttl;
    return is_past ? Blame::customers : Blame::ours;
}

void Mail::lose(const Message& message, Trouble trouble, TrueTime now) {
    const Blame fault = blame(message, trouble);
    Tally& tally = parts_.tally;
    parts_.history.note(now, [&] {
        return "LOST (" + std::string(to_string(fault)) + "): a message of key " +
               std::to_string(message.key) + ", signed " + show_true_time(message.signed_at) + " with pair " +
               std::to_string(message.pair) + " in s" +
               std::to_string(parts_.book.pair(message.pair).slot + 1) + ": " + words(trouble);
    });
    switch (fault) {
        case Blame::customers: ++tally.lost_customers; return;
        case Blame::order: ++tally.lost_by_order; return;
        case Blame::ours: ++tally.lost_ours; break;
    }
    const auto [exposure, is_first] = exposures_.try_emplace(message.pair, Exposure{now, now});
    exposure->second.last = now;
    tally.longest_exposure = std::max(tally.longest_exposure, now - exposure->second.first);
    if (tally.lost.size() >= Tally::most_kept) return;
    tally.lost.push_back({settings_.seed, message.key, fault, message.signed_at, now,
                          "s" + std::to_string(parts_.book.pair(message.pair).slot + 1), words(trouble)});
}

const char* Mail::words(Trouble trouble) {
    switch (trouble) {
        case Trouble::none: return "verified";
        case Trouble::unreachable: return "no name server could be reached";
        case Trouble::no_alias: return "the receiver found no CNAME";
        case Trouble::wrong_alias: return "the receiver found a CNAME that leads elsewhere";
        case Trouble::no_record: return "the receiver found no key record";
        case Trouble::revoked_record: return "the receiver found a key record that says p=";
        case Trouble::other_pair: return "the receiver found another pair's public key";
    }
    return "";
}

}  // namespace custdkim::lab
