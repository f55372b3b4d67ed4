#include "keys/key_census.hpp"

#include <algorithm>

#include "keys/key_state.hpp"
#include "keys/rotation.hpp"
#include "keys/watch.hpp"

namespace custdkim {

namespace {

KeyCondition condition_of(const Key& key, bool is_held) {
    if (key.deleted_at) return KeyCondition::deleted;
    if (key.revoked_at) return KeyCondition::revoked;
    if (!signing_slot(key)) return KeyCondition::inactive;
    return is_held ? KeyCondition::held : KeyCondition::active;
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

KeyCensus::Profile KeyCensus::profile_of(const Key& key, bool is_held, const RotationPolicy& policy) {
    Profile profile{condition_of(key, is_held), false, {}};
    if (is_done_with(key)) return profile;
    for (const Slot& slot : key.slots) {
        if (slot.check.last) profile.looks.push_back({slot.check.last->outcome, slot.check.last->cause});
        profile.is_failing = profile.is_failing || is_failing(slot.check, policy);
    }
    std::sort(profile.looks.begin(), profile.looks.end());
    if (!signing_slot(key)) profile.is_failing = false;
    return profile;
}

KeyCensus::Waits KeyCensus::waits_of(const Key& key, const std::optional<Timestamp>& held_since) {
    Waits waits;
    if (is_done_with(key)) return waits;
    if (signing_slot(key)) waits.held = held_since;
    for (const Slot& slot : key.slots) {
        if (!slot.check.verified_at) waits.unverified = key.created_at;
        const Pair* const pair = slot.published();
        if (pair && !pair->visible_at && !pair->revoked_at) waits.invisible.push_back(*pair->published_at);
    }
    if (!waits.invisible.empty()) waits.zone = key.zone;
    return waits;
}

void KeyCensus::note(const Key& key, const RotationPolicy& policy, const ClockSteps& clock, Timestamp now) {
    const std::uint64_t id = std::hash<std::string_view>{}(key.id);
    const bool is_gone = key.slots.empty();
    std::optional<Hold> hold;
    if (!is_gone && !is_done_with(key)) hold = hold_of(key, policy, clock, now);
    Profile profile = profile_of(key, hold.has_value(), policy);
    Waits waits = is_gone ? Waits() : waits_of(key, hold ? std::optional(hold->since) : std::nullopt);

    const std::lock_guard lock(mutex_);
    if (const auto known = keys_.find(id); known != keys_.end()) {
        --counts_[known->second];
        if (is_gone) keys_.erase(known);
    }
    if (const auto known = waits_.find(id); known != waits_.end()) {
        count(known->second, -1);
        waits_.erase(known);
    }
    if (is_gone) return;
    const std::uint32_t number = number_of(std::move(profile));
    ++counts_[number];
    keys_[id] = number;
    if (waits.is_empty()) return;
    count(waits, 1);
    waits_.emplace(id, std::move(waits));
}

void KeyCensus::count(const Waits& waits, int by) {
    unverified_.add(waits.unverified, by);
    held_.add(waits.held, by);
    for (const Timestamp& since : waits.invisible) invisible_[waits.zone].add(since, by);
}

std::uint32_t KeyCensus::number_of(Profile profile) {
    const auto [at, is_new] =
        profiles_.try_emplace(std::move(profile), static_cast<std::uint32_t>(counts_.size()));
    if (is_new) counts_.push_back(0);
    return at->second;
}

KeyCensus::Figures KeyCensus::figures() const {
    Figures figures;
    const std::lock_guard lock(mutex_);
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

}  // namespace custdkim
