// What a receiver's resolver answers: from its cache, as long as TTLs allow (negative answers too, RFC 2308
// section 5), past them where name servers cannot be reached or now and then for no reason (RFC 8767), and
// else what is there now. Others ask the same resolver, so that it may have asked at any earlier moment since
// the first message. Stateless: the age of the answer is drawn.
#pragma once

#include <optional>

#include "lab/simulation/chance.hpp"
#include "lab/simulation/customers.hpp"

namespace custdkim::lab {

struct CacheTimes {
    Duration ttl{}, negative_ttl{};  // of the key zone
    Duration stale{};
};

// Which of the possible answers.
enum class Age : std::uint8_t { any, fresh, oldest };

class Caches {
  public:
    Caches(const NameServers& servers, const SimulatedCustomers& customers, CacheTimes times)
        : servers_(servers), customers_(customers), times_(times) {}

    // Nothing if nobody can be reached and nothing is in the cache.
    std::optional<Alias> alias(SlotNumber slot, TrueTime asked_since, TrueTime now, Age age,
                               Chance& chance) const;
    std::optional<Content> record(SlotNumber slot, TrueTime asked_since, TrueTime now, Age age,
                                  Chance& chance) const;

  private:
    struct Life {
        Duration ttl{}, negative_ttl{};
        bool reachable = true;
    };
    // The moment at which the answer was fetched.
    template <typename IsPositive>
    std::optional<TrueTime> fetched_at(const Life& life, TrueTime asked_since, TrueTime now, Age age,
                                       Chance& chance, IsPositive is_positive) const;

    const NameServers& servers_;
    const SimulatedCustomers& customers_;
    const CacheTimes times_;
};

}  // namespace custdkim::lab
