#include "keys/key_census.hpp"

#include <algorithm>

#include "keys/key_state.hpp"
#include "keys/rotation.hpp"
#include "keys/watch.hpp"

namespace custdkim {

namespace {

// But for holds.
KeyCondition condition_of(const Key& key) {
    if (key.deleted_at) return KeyCondition::deleted;
    if (key.revoked_at) return KeyCondition::revoked;
    return signing_slot(key) ? KeyCondition::active : KeyCondition::inactive;
}

bool is_done_with(const Key& key) { return key.deleted_at || key.revoked_at; }

}  // namespace

std::string_view to_string(KeyCondition condition) {
    switch (condition) {
        case KeyCondition::inactive: return "inactive";
        case KeyCondition::active: return "active";
        case KeyCondition::held: return "held";
        case KeyCondition::revoked: return "revoked";
        case KeyCondition::deleted: return "deleted";
    }
    return "inactive";
}

void KeyCensus::Moments::add(const std::optional<Timestamp>& moment, int by) {
    if (!moment) return;
    const auto at = since.try_emplace(*moment, 0).first;
    at->second += static_cast<std::uint64_t>(by);
    count += static_cast<std::uint64_t>(by);
    if (at->second == 0) since.erase(at);
}

KeyCensus::Waiting KeyCensus::Moments::waiting() const {
    return {count, since.empty() ? std::nullopt : std::optional(since.begin()->first)};
}

KeyCensus::Profile KeyCensus::profile_of(const Key& key, const RotationPolicy& policy) {
    Profile profile{condition_of(key), false, {}};
    if (is_done_with(key)) return profile;
    for (const Slot& slot : key.slots) {
        if (slot.check.last) profile.looks.push_back({slot.check.last->outcome, slot.check.last->cause});
        profile.is_failing = profile.is_failing || is_failing(slot.check, policy);
    }
    std::sort(profile.looks.begin(), profile.looks.end());
    if (!signing_slot(key)) profile.is_failing = false;
    return profile;
}

KeyCensus::Waits KeyCensus::waits_of(const Key& key) {
    Waits waits;
    if (is_done_with(key)) return waits;
    for (const Slot& slot : key.slots) {
        if (!slot.check.verified_at) waits.unverified = key.created_at;
        const Pair* const pair = slot.published();
        if (pair && !pair->visible_at && !pair->revoked_at) waits.invisible.push_back(*pair->published_at);
    }
    if (!waits.invisible.empty()) waits.zone = key.zone;
    return waits;
}

void KeyCensus::note(const Key& key, const RotationPolicy& policy, const ClockSteps& clock, Timestamp now) {
    const IdHash id = std::hash<std::string_view>{}(key.id);
    const bool is_gone = key.slots.empty();
    const Profile profile = profile_of(key, policy);
    Special special;
    if (!is_gone) special.waits = waits_of(key);
    if (!is_gone && !is_done_with(key)) special.holds = holds_ahead(key, policy, clock, now);
    special.is_failing = profile.is_failing;
    const bool is_usual = special.is_usual();
    if (special.is_failing || !special.holds.empty()) {
        special.org = key.org;
        special.place = {key.created_at, key.id};
    }

    const std::lock_guard lock(mutex_);
    forget(id);
    if (is_gone) return;
    const std::uint32_t number = number_of(profile);
    ++counts_[number];
    keys_[id] = number;
    if (is_usual) return;
    count(special, 1);
    settle(id, specials_.emplace(id, std::move(special)).first->second, now);
}

void KeyCensus::forget(IdHash id) {
    if (const auto known = specials_.find(id); known != specials_.end()) {
        Special& special = known->second;
        set_held(id, special, std::nullopt);
        if (special.turns_at) turns_.erase({*special.turns_at, id});
        count(special, -1);
        specials_.erase(known);
    }
    if (const auto known = keys_.find(id); known != keys_.end()) {
        --counts_[known->second];
        keys_.erase(known);
    }
}

void KeyCensus::count(const Special& special, int by) {
    unverified_.add(special.waits.unverified, by);
    for (const Timestamp& since : special.waits.invisible) invisible_[special.waits.zone].add(since, by);
    if (!special.is_failing) return;
    for (KeyRoll* const roll : {&failing_roll_, &only_failing_roll_}) {
        if (by > 0) roll->enter(special.org, special.place);
        if (by < 0) roll->strike(special.org, special.place);
    }
}

// Holds that began or ended since somebody asked.
void KeyCensus::catch_up(Timestamp now) {
    while (!turns_.empty() && turns_.begin()->first <= now) {
        const IdHash id = turns_.begin()->second;
        turns_.erase(turns_.begin());
        Special& special = specials_.at(id);
        special.turns_at.reset();
        settle(id, special, now);
    }
}

// What is true of it now, and until when.
void KeyCensus::settle(IdHash id, Special& special, Timestamp now) {
    std::optional<Timestamp> since;
    for (const HoldSpan& span : special.holds) {
        if (span.from <= now && now < span.until) since = span.since;
        for (const Timestamp turn : {span.until, span.from}) {
            const bool comes = turn > now && turn != Timestamp::max();
            if (comes && (!special.turns_at || turn < *special.turns_at)) special.turns_at = turn;
        }
    }
    if (special.turns_at) turns_.emplace(*special.turns_at, id);
    set_held(id, special, since);
}

void KeyCensus::set_held(IdHash id, Special& special, const std::optional<Timestamp>& since) {
    if (special.held_since == since) return;
    held_.add(special.held_since, -1);
    held_.add(since, 1);
    KeyRoll* const other = special.is_failing ? &only_failing_roll_ : nullptr;
    if (since) held_roll_.enter(special.org, special.place);
    if (!since) held_roll_.strike(special.org, special.place);
    if (since && other) other->strike(special.org, special.place);
    if (!since && other) other->enter(special.org, special.place);
    special.held_since = since;
    std::uint32_t& number = keys_.at(id);
    Profile profile = *numbered_[number];
    profile.condition = since ? KeyCondition::held : KeyCondition::active;
    --counts_[number];
    number = number_of(profile);
    ++counts_[number];
}

std::uint32_t KeyCensus::number_of(const Profile& profile) {
    const auto [at, is_new] = profiles_.try_emplace(profile, static_cast<std::uint32_t>(counts_.size()));
    if (is_new) {
        counts_.push_back(0);
        numbered_.push_back(&at->first);
    }
    return at->second;
}

KeyCensus::Figures KeyCensus::figures(Timestamp now) {
    Figures figures;
    const std::lock_guard lock(mutex_);
    catch_up(now);
    for (const auto& [profile, number] : profiles_) {
        const std::uint64_t keys = counts_[number];
        figures.keys[static_cast<std::size_t>(profile.condition)] += keys;
        if (profile.is_failing) figures.failing += keys;
        for (const SlotLooks& looks : profile.looks) figures.slots[looks] += keys;
    }
    figures.unverified = unverified_.waiting();
    figures.held = held_.waiting();
    for (const auto& [zone, moments] : invisible_) figures.invisible[zone] = moments.waiting();
    return figures;
}

KeyRoll& KeyCensus::roll_of(Need need) {
    switch (need) {
        case Need::held: return held_roll_;
        case Need::failing: return failing_roll_;
        case Need::only_failing: return only_failing_roll_;
    }
    return failing_roll_;
}

std::vector<RollPlace> KeyCensus::list(Need need, const RollPlace& behind, std::string_view org,
                                       std::size_t limit, Timestamp now) {
    const std::lock_guard lock(mutex_);
    catch_up(now);
    return roll_of(need).behind(behind, org, limit);
}

}  // namespace custdkim
