// The key zones as the service beside us has them in its index, answered as a name server would (RFC 1034
// section 4.3.2; no wildcards, no delegations: the zones of `up` have none). Thread-safe.
#pragma once

#include <atomic>

#include "lab/internet/internet.hpp"
#include "zone/zones.hpp"

namespace custdkim::lab {

class IndexKeyZones final : public KeyZoneServer {
  public:
    explicit IndexKeyZones(std::vector<dns::Name> zones) : zones_(std::move(zones)) {}

    // From here on it answers; who asked before waits for this. The index outlives it.
    void serve(const Zones& index);

    std::vector<dns::Name> zones() const override { return zones_; }
    Reply ask(const Message& question, Transport transport) override;

  private:
    const std::vector<dns::Name> zones_;
    std::atomic<const Zones*> index_ = nullptr;
};

}  // namespace custdkim::lab
