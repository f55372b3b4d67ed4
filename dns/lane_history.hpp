// What the cache of a lane (dns/lane.hpp) has met, so that no question is answered from what an earlier one
// about the same customer taught. A lane asks about a registrable domain once, and never about a name at
// which an alias already led it. Not thread-safe.
#pragma once

#include <set>
#include <string>

#include "dns/message.hpp"
#include "dns/name.hpp"

namespace custdkim::dns {

// The domain that somebody registered, by the ICANN section of the public suffix list; the name itself where
// nobody did.
std::string registrable_domain(const Name& name);

class LaneHistory {
  public:
    bool may_ask(const Name& name) const;
    // From when the question is asked.
    void begin(const Name& name);
    // Whether an alias led the answer to where this lane had been before: then it proves nothing.
    bool was_primed(const Name& asked, const Answer& answer) const;
    // With every answer.
    void end(const Answer& answer);

    std::size_t questions() const { return domains_.size(); }

  private:
    std::set<std::string> domains_;  // asked about
    std::set<Name> names_;           // asked about, and led to by aliases
};

}  // namespace custdkim::dns
