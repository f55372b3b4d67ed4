// How the service in the lab asks name servers directly: without sockets, over the same fake internet that
// the test resolver iterates over. Does not wait: what would have come after the deadline is unavailable at
// once. Thread-safe.
#pragma once

#include "dns/name_servers.hpp"
#include "lab/internet/internet.hpp"

namespace custdkim::lab {

// Where the service begins, to follow delegations by itself.
std::vector<dns::ServerAddress> root_servers(const Internet& internet);

class WorldServers final : public dns::NameServers {
  public:
    // The internet outlives it.
    explicit WorldServers(Internet& internet) : internet_(internet) {}

    std::vector<Result<dns::Answer>> ask(std::span<const dns::Probe> probes,
                                         std::chrono::milliseconds deadline) override;

  private:
    Internet& internet_;
};

}  // namespace custdkim::lab
