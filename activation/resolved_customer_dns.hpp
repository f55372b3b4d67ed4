// Looks at customers' DNS through a resolver: CNAME and TXT of each slot, asked for separately. Thread-safe.
#pragma once

#include "dns/resolver.hpp"
#include "keys/customer_dns.hpp"

namespace custdkim {

class ResolvedCustomerDns final : public CustomerDns {
  public:
    // `resolver` outlives it.
    explicit ResolvedCustomerDns(dns::Resolver& resolver) : resolver_(resolver) {}

    SlotLook look(const Key& key, const Slot& slot) override;

  private:
    Result<dns::Answer> ask(const dns::Name& name, dns::QuestionType type);

    dns::Resolver& resolver_;
};

}  // namespace custdkim
