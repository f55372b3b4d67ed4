#include "lab/simulation/customers.hpp"

#include <array>

#include "lab/simulation/chance.hpp"

namespace custdkim::lab {

namespace {

constexpr std::uint64_t ttl_stream = 0x7711;

constexpr std::array ttls{std::chrono::seconds(300), std::chrono::seconds(3600), std::chrono::seconds(14400),
                          std::chrono::seconds(86400)};

}  // namespace

std::string_view to_string(Alias alias) {
    switch (alias) {
        case Alias::missing: return "missing";
        case Alias::right: return "right";
        case Alias::elsewhere: return "elsewhere";
        case Alias::swapped: return "swapped";
    }
    return "missing";
}

SimulatedCustomers::SimulatedCustomers(std::uint64_t seed, std::size_t keys, Duration longest_negative_ttl)
    : zones_(keys), history_(keys * slots_of_a_key) {
    for (std::size_t key = 0; key < keys; ++key) {
        Chance chance(seed, ttl_stream, key);
        zones_[key].ttl = ttls[chance.below(ttls.size())];
        zones_[key].negative_ttl = std::min<Duration>(ttls[chance.below(ttls.size())], longest_negative_ttl);
    }
}

void SimulatedCustomers::set(SlotNumber slot, Alias alias_now, TrueTime now) {
    if (alias(slot) != alias_now) history_[slot].push_back({now, alias_now});
}

Alias SimulatedCustomers::alias_at(SlotNumber slot, TrueTime time) const {
    const auto& history = history_[slot];
    for (auto entry = history.rbegin(); entry != history.rend(); ++entry) {
        if (entry->since <= time) return entry->alias;
    }
    return Alias::missing;
}

TrueTime SimulatedCustomers::first_right(SlotNumber slot, TrueTime from) const {
    if (alias_at(slot, from) == Alias::right) return from;
    for (const Entry& entry : history_[slot]) {
        if (entry.since > from && entry.alias == Alias::right) return entry.since;
    }
    return never;
}

}  // namespace custdkim::lab
