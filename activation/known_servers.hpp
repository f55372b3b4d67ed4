// What many customers have in common and need not be asked for again with each: the way down to the zones
// that they register their domains in, and the addresses of the name servers that their providers run. Never
// what is in a customer's own zone. Kept for a short while, bounded. Thread-safe.
#pragma once

#include <chrono>
#include <map>
#include <mutex>
#include <optional>

#include "activation/delegation.hpp"

namespace custdkim::activation {

class KnownServers {
  public:
    // The lowest zone at or above the name that is known and in which others register theirs.
    std::optional<Delegation> registry_above(const dns::Name& name);
    void learn_registry(const Delegation& registry);

    std::optional<std::string> address_of(const dns::Name& server);
    void learn_address(const dns::Name& server, const std::string& address);

  private:
    using Steady = std::chrono::steady_clock;
    template <typename Value>
    struct Entry {
        Value value;
        Steady::time_point until;
    };
    template <typename Value>
    using Table = std::map<dns::Name, Entry<Value>>;

    std::mutex mutex_;  // guards all below
    Table<Delegation> registries_;
    Table<std::string> addresses_;
};

}  // namespace custdkim::activation
