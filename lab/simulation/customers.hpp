// What customers have in their zones: for each slot a CNAME that is right, missing or wrong, now and in the
// past, with TTLs of their own. Not thread-safe.
#pragma once

#include <vector>

#include "lab/simulation/name_servers.hpp"

namespace custdkim::lab {

enum class Alias : std::uint8_t {
    missing,
    right,
    elsewhere,  // leads to a name that is not ours
    swapped,    // leads to the record of the key's next slot
};

std::string_view to_string(Alias alias);

class SimulatedCustomers {
  public:
    // TTLs and negative TTLs are drawn for each customer, the latter up to `longest_negative_ttl`.
    SimulatedCustomers(std::uint64_t seed, std::size_t keys, Duration longest_negative_ttl);

    void set(SlotNumber slot, Alias alias, TrueTime now);
    Alias alias(SlotNumber slot) const { return alias_at(slot, never); }
    Alias alias_at(SlotNumber slot, TrueTime time) const;

    // The first moment from then on at which the CNAME was right; `never` if it was not since.
    TrueTime first_right(SlotNumber slot, TrueTime from) const;
    bool ever_right(SlotNumber slot, TrueTime from, TrueTime to) const {
        return first_right(slot, from) <= to;
    }

    void set_reachable(KeyNumber key, bool reachable) { zones_[key].outages += reachable ? -1 : 1; }
    bool reachable(KeyNumber key) const { return zones_[key].outages == 0; }

    Duration ttl(KeyNumber key) const { return zones_[key].ttl; }
    Duration negative_ttl(KeyNumber key) const { return zones_[key].negative_ttl; }

  private:
    struct Entry {
        TrueTime since{};
        Alias alias = Alias::missing;
    };
    struct Zone {
        Duration ttl{}, negative_ttl{};
        int outages = 0;
    };

    std::vector<Zone> zones_;
    std::vector<std::vector<Entry>> history_;  // of each slot
};

}  // namespace custdkim::lab
