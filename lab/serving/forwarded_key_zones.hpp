// Key zones that a real name server serves: the questions go on to it as they are, over the transport they
// came over, and its answers come back as they are. Blocks until the answer or the deadline. Thread-safe.
#pragma once

#include "base/random.hpp"
#include "dns/server_address.hpp"
#include "lab/internet/internet.hpp"

namespace custdkim::lab {

struct ForwardedZone {
    dns::Name name;
    dns::ServerAddress server;
};

class ForwardedKeyZones final : public KeyZoneServer {
  public:
    // `random` outlives it.
    ForwardedKeyZones(std::vector<ForwardedZone> zones, Random& random,
                      std::chrono::milliseconds deadline = std::chrono::milliseconds(1500))
        : zones_(std::move(zones)), random_(random), deadline_(deadline) {}

    std::vector<dns::Name> zones() const override;
    Reply ask(const Message& question, Transport transport) override;  // silence where nothing comes

  private:
    const std::vector<ForwardedZone> zones_;
    Random& random_;
    const std::chrono::milliseconds deadline_;
};

}  // namespace custdkim::lab
