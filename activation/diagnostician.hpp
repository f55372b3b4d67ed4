// Looks at a customer's DNS for one slot: what the world sees, whether every name server says the same, and,
// if something is wrong, why, with what was seen and what to do. Thread-safe; takes seconds, bounded by the
// deadlines.
//
// The outcome is of R5: `fail` only on what was seen, `unknown` where nothing could be. A cause is named in
// both, and may come with a pass: then it does no harm, yet.
#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "activation/provider.hpp"
#include "base/clock.hpp"
#include "base/random.hpp"
#include "dns/name_servers.hpp"
#include "dns/resolver.hpp"
#include "keys/key.hpp"

namespace custdkim::activation {

// One slot: where the customer's CNAME belongs, and where it ought to lead.
struct SlotNames {
    dns::Name owner, target;
};

struct Subject {
    dns::Name domain;  // of the key
    std::string selector;
    SlotNames slot;
    std::vector<SlotNames> others;    // the key's other slots, as far as they are known
    std::optional<std::string> text;  // what we publish at the target; unset: not known, any key record does
    std::vector<std::string> former;  // what we published there before, as caches may still have it
};

// How the world is seen. All outlive the diagnostician.
struct Surroundings {
    dns::Resolver& resolver;
    dns::NameServers& name_servers;
    std::vector<dns::ServerAddress> roots;  // the root's servers; none: delegations are asked of the resolver
    const Clock& clock;
    Random& random;
    const std::vector<Provider>& providers;
};

struct Settings {
    bool strict = false;                             // the owner's own CNAME must be the target: no hops
    std::chrono::milliseconds deadline{8000};        // of all that decides the outcome
    std::chrono::milliseconds diagnosis{12000};      // on top, of what looks for the cause
    std::chrono::milliseconds probe_deadline{2000};  // of each round of questions to name servers
    std::uint16_t port = 53;                         // of name servers; another one in a lab only
};

class KnownServers;

class Diagnostician {
  public:
    Diagnostician(Surroundings surroundings, Settings settings);
    ~Diagnostician();

    // Finding::checked_at is left to the caller.
    Finding look(const Subject& subject) const;

  private:
    Surroundings around_;
    Settings settings_;
    const std::unique_ptr<KnownServers> known_;
};

}  // namespace custdkim::activation
