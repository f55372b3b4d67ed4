#include "lab/simulation/caches.hpp"

#include <algorithm>

namespace custdkim::lab {

namespace {

constexpr double stale_for_no_reason = 0.02;

}  // namespace

template <typename IsPositive>
std::optional<TrueTime> Caches::fetched_at(const Life& life, TrueTime asked_since, TrueTime now, Age age,
                                           Chance& chance, IsPositive is_positive) const {
    const std::optional<TrueTime> fresh = life.reachable ? std::optional(now) : std::nullopt;
    if (age == Age::fresh) return fresh;
    const TrueTime oldest_stale = now - life.ttl - times_.stale;
    if (age == Age::oldest) {
        const TrueTime stale = std::max(oldest_stale, asked_since);
        if (stale < now && is_positive(stale)) return stale;
        const TrueTime negative = std::max(now - life.negative_ttl, asked_since);
        return negative < now && !is_positive(negative) ? negative : fresh;
    }
    if (!life.reachable || chance.happens(stale_for_no_reason)) {
        const TrueTime at = chance.between(oldest_stale, now);
        if (at >= asked_since && (is_positive(at) || at + life.negative_ttl > now)) return at;
        return fresh;
    }
    const TrueTime at = chance.between(now - std::max(life.ttl, life.negative_ttl), now);
    const bool is_kept = at >= asked_since && at + (is_positive(at) ? life.ttl : life.negative_ttl) > now;
    return is_kept ? at : fresh;
}

std::optional<Alias> Caches::alias(SlotNumber slot, TrueTime asked_since, TrueTime now, Age age,
                                   Chance& chance) const {
    const KeyNumber key = slot / slots_of_a_key;
    const Life life{customers_.ttl(key), customers_.negative_ttl(key), customers_.reachable(key)};
    const auto at = fetched_at(life, asked_since, now, age, chance, [&](TrueTime time) {
        return customers_.alias_at(slot, time) != Alias::missing;
    });
    return at ? std::optional(customers_.alias_at(slot, *at)) : std::nullopt;
}

std::optional<Content> Caches::record(SlotNumber slot, TrueTime asked_since, TrueTime now, Age age,
                                      Chance& chance) const {
    std::size_t server = chance.below(NameServers::count);
    const bool reachable = servers_.any_reachable();
    while (reachable && !servers_.reachable(server)) server = (server + 1) % NameServers::count;
    const Life life{times_.ttl, times_.negative_ttl, reachable};
    const auto at = fetched_at(life, asked_since, now, age, chance, [&](TrueTime time) {
        return servers_.content_at(server, slot, time) != absent;
    });
    return at ? std::optional(servers_.content_at(server, slot, *at)) : std::nullopt;
}

}  // namespace custdkim::lab
