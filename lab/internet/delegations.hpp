// Which zones there are below the top-level domains, and how the zone above refers to each: the customers'
// domains, the key zones and the zone of the name servers' names. Written under a lock of its owner's.
#pragma once

#include <map>

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
    // Whether one is at or above the name.
    bool any_at_or_above(std::string_view name) const;
    bool any_at_or_below(std::string_view name) const;
    // Those that the zone itself must refer to: below it, and not below another that is.
    std::vector<Delegation> directly_below(std::string_view zone) const;

  private:
    NameMap<Delegation> by_name_;
    std::map<std::string, WireName> sorted_;  // by sort key
};

}  // namespace custdkim::lab
