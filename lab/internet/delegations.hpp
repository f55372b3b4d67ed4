// Which zones there are below the top-level domains, and how the zone above refers to each: the customers'
// domains, the key zones and the zone of the name servers' names. Written under a lock of its owner's.
#pragma once

#include <set>

#include "lab/internet/names.hpp"

namespace custdkim::lab {

struct Delegation {
    WireName zone;                  // folded
    std::vector<WireName> servers;  // their names
    std::vector<std::string> ds;    // RDATA; none: the zone is not signed
};

class Delegations {
  public:
    void put(Delegation delegation);
    void remove(const WireName& zone);

    // The highest one that is below `zone` and at or above the name, both folded.
    const Delegation* between(std::string_view zone, std::string_view name) const;
    // The lowest one at or above the name.
    const Delegation* nearest(std::string_view name) const;
    // Whether one is at or below the name.
    bool any_at_or_below(std::string_view name) const;

  private:
    NameMap<Delegation> by_name_;
    std::set<std::string> sorted_;  // sort keys
};

}  // namespace custdkim::lab
