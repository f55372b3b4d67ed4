// Asks name servers directly, many at once, each question on a socket of its own (RFC 5452 section 9). It is
// polite: so many questions under way in all and to each address, the others wait; over UDP a question is
// sent once more halfway to the deadline, and that is all. Thread-safe; has one thread of its own.
#pragma once

#include <memory>

#include "base/random.hpp"
#include "dns/address_policy.hpp"
#include "dns/name_servers.hpp"

namespace custdkim::dns {

struct ProbingLimits {
    std::size_t at_once = 256;   // questions under way in all
    std::size_t per_server = 8;  // and to one address, whatever the port
};

class Prober final : public NameServers {
  public:
    // `random` outlives it.
    Prober(AddressPolicy policy, Random& random, ProbingLimits limits = {});
    // Those who wait for answers are told `unavailable`.
    ~Prober() override;

    // The deadline includes the time that a question waits for its turn.
    std::vector<Result<Answer>> ask(std::span<const Probe> probes,
                                    std::chrono::milliseconds deadline) override;

  private:
    class Desk;
    AddressPolicy policy_;
    Random& random_;
    std::unique_ptr<Desk> desk_;
};

}  // namespace custdkim::dns
