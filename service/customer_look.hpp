// What stands in where nobody shall look at customers' DNS. Stateless, thread-safe.
#pragma once

#include "keys/customer_dns.hpp"

namespace custdkim {

// The configuration says that nobody shall look: every CNAME counts as right.
class UncheckedDns final : public CustomerDns {
  public:
    SlotLook look(const Key& key, const Slot& slot) override;
};

}  // namespace custdkim
