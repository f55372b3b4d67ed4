// How the service in the lab sees customers' DNS: through a resolver like the test resolver, over the same
// fake internet, that begins every question with an empty cache. Nothing it asks warms the test resolver's
// cache. Only what the lab says that resolvers remember from before an edit (`primed` in
// lab/misconfigurations/README.md) is remembered here, too, while it holds. Thread-safe.
#pragma once

#include <map>
#include <mutex>

#include "dns/resolver.hpp"
#include "lab/resolver/over_internet.hpp"
#include "lab/serving/customer_orders.hpp"

namespace custdkim::lab {

class WorldResolver final : public dns::Resolver, public Memory {
  public:
    // Both outlive it.
    WorldResolver(Internet& internet, const Clock& clock) : parts_(over(internet)), clock_(clock) {}

    // Does not wait: what would have come after the deadline (8 s) is unavailable at once.
    Result<dns::Answer> ask(const dns::Name& name, dns::QuestionType type) override;
    Result<dns::Answer> ask_unchecked(const dns::Name& name, dns::QuestionType type) override;

    void remember(const dns::Name& domain, std::vector<FindingPointer> findings) override;
    void forget(const dns::Name& domain) override;

  private:
    using Findings = std::vector<FindingPointer>;

    Result<dns::Answer> resolve(const dns::Question& question) const;
    Findings remembered_for(const WireName& name) const;

    const lab::Resolver::Parts parts_;
    const Clock& clock_;
    mutable std::mutex mutex_;                 // guards what follows
    std::map<WireName, Findings> remembered_;  // by domain, folded
};

}  // namespace custdkim::lab
