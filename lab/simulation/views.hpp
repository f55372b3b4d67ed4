// The daemon's two looks at the outside, in a simulated world: at the name servers of the key zone, and
// through the customer's CNAMEs. Both see what is there at this very moment. Not thread-safe.
#pragma once

#include <functional>

#include "keys/customer_dns.hpp"
#include "keys/visibility.hpp"
#include "lab/simulation/customers.hpp"

namespace custdkim::lab {

class SimulatedVisibility final : public Visibility {
  public:
    explicit SimulatedVisibility(const NameServers& servers) : servers_(servers) {}
    std::vector<Sighting> look(const std::vector<Wanted>& wanted) override;

  private:
    const NameServers& servers_;
};

// One look of the daemon at a slot, beside the truth.
struct TrueLook {
    SlotNumber slot = 0;
    Outcome outcome = Outcome::unknown;
    Content seen = absent;   // where the CNAME led
    bool was_right = false;  // the CNAME
};

class SimulatedCustomerDns final : public CustomerDns {
  public:
    using Listener = std::function<void(const TrueLook&)>;
    SimulatedCustomerDns(const SimulatedCustomers& customers, const NameServers& servers, Listener listener)
        : customers_(customers), servers_(servers), listener_(std::move(listener)) {}
    SlotLook look(const Key& key, const Slot& slot) override;

  private:
    SlotLook find_out(const Slot& slot, TrueLook& truth) const;

    const SimulatedCustomers& customers_;
    const NameServers& servers_;
    const Listener listener_;
};

}  // namespace custdkim::lab
