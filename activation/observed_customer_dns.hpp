// The port keys/customer_dns.hpp, through a diagnostician. Thread-safe.
#pragma once

#include "activation/diagnostician.hpp"
#include "keys/customer_dns.hpp"

namespace custdkim {

class ObservedCustomerDns final : public CustomerDns {
  public:
    // It outlives this.
    explicit ObservedCustomerDns(const activation::Diagnostician& diagnostician)
        : diagnostician_(diagnostician) {}

    SlotLook look(const Key& key, const Slot& slot) override;

  private:
    const activation::Diagnostician& diagnostician_;
};

}  // namespace custdkim
