// Remembers which servers do not answer, so that they are left alone for a while and cost nobody's time: one
// dead server must not stall all that is asked. A server that answers again is found by whoever asks it first
// after its rest. Times are uptimes (base/clock.hpp): a step of the clock makes no rest longer. Thread-safe.
#pragma once

#include <map>
#include <mutex>
#include <optional>
#include <string>

#include "base/time.hpp"
#include "dns/server_address.hpp"

namespace custdkim::dns {

class CircuitBreaker {
  public:
    explicit CircuitBreaker(Duration rest, unsigned patience = 3) : rest_(rest), patience_(patience) {}

    // Why the server is to be left alone now, if it is.
    std::optional<std::string> resting(const ServerAddress& server, Duration uptime) const;

    void answered(const ServerAddress& server);
    // Its rest begins after `patience` questions in a row that failed ...
    void failed(const ServerAddress& server, const std::string& why, Duration uptime);
    // ... or at once.
    void rest(const ServerAddress& server, const std::string& why, Duration uptime);

  private:
    struct Trouble {
        unsigned failures = 0;
        std::optional<Duration> until;  // unset before the first rest
        std::string why;
    };
    void begin_rest(const ServerAddress& server, Trouble& trouble, const std::string& why, Duration uptime);

    const Duration rest_;
    const unsigned patience_;
    mutable std::mutex mutex_;  // guards all below
    std::map<ServerAddress, Trouble> troubles_;
};

}  // namespace custdkim::dns
