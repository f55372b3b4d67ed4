// How the service in the lab sees customers' DNS: through a resolver like the test resolver, over the same
// fake internet, that begins every question with an empty cache. Nothing it asks warms the test resolver's
// cache. Thread-safe.
#pragma once

#include "dns/resolver.hpp"
#include "lab/resolver/over_internet.hpp"

namespace custdkim::lab {

// What a resolver over this internet is made of. It outlives the resolver.
Resolver::Parts over(Internet& internet);

class WorldResolver final : public dns::Resolver {
  public:
    // Both outlive it.
    WorldResolver(Internet& internet, const Clock& clock) : parts_(over(internet)), clock_(clock) {}

    // Does not wait: what would have come after the deadline (8 s) is unavailable at once.
    Result<dns::Answer> ask(const dns::Name& name, dns::QuestionType type) override;
    Result<dns::Answer> ask_unchecked(const dns::Name& name, dns::QuestionType type) override {
        return ask(name, type);
    }

  private:
    const lab::Resolver::Parts parts_;
    const Clock& clock_;
};

}  // namespace custdkim::lab
