// The daemon of a simulated world: rotator, ledger, registry and orders, which are production's, put together
// as the service does; without threads, sockets and cryptography. To kill it is to destroy it.
// Not thread-safe.
#pragma once

#include <memory>

#include "keys/key_orders.hpp"
#include "keys/rotator.hpp"
#include "lab/simulation/primary.hpp"
#include "lab/simulation/token_pairs.hpp"

namespace custdkim::lab {

inline constexpr std::string_view simulated_zone = "custdkim.example.net";

class Daemon {
  public:
    // All of it outlives the daemon.
    struct Surroundings {
        Store& store;
        Primary& primary;
        TokenPairs& pairs;
        Visibility& visibility;
        CustomerDns& customer_dns;
        const Clock& clock;
        Random& random;
        const RotationPolicy& policy;
        Plan plan;
    };

    // Opens the store, loads the zone, and gets the rotator to know every key.
    static Result<std::unique_ptr<Daemon>> start(const Surroundings& surroundings);

    Rotator& rotator() { return rotator_; }
    KeyRegistry& registry() { return registry_; }
    KeyOrders& orders() { return orders_; }

  private:
    explicit Daemon(const Surroundings& surroundings);
    Result<void> load(const Surroundings& surroundings);

    Ledger ledger_;
    Rotator rotator_;
    KeyRegistry registry_;
    KeyOrders orders_;
};

}  // namespace custdkim::lab
