// The port through which name servers are asked directly, by their addresses: one question each, just so, and
// many at once. Nothing is repeated in another way: whoever wants to know what happens without EDNS, or over
// TCP, asks that. Implemented by dns/prober.hpp, and by the lab. Thread-safe.
#pragma once

#include <chrono>
#include <span>
#include <vector>

#include "base/result.hpp"
#include "dns/message.hpp"
#include "dns/server_address.hpp"

namespace custdkim::dns {

enum class Transport { udp, tcp };

struct Probe {
    ServerAddress server;
    Name name;
    QuestionType type = QuestionType::soa;
    Transport transport = Transport::udp;
    bool edns = true;
    bool dnssec_ok = false;
    bool recursion_desired = false;
    bool checking_disabled = false;

    bool operator==(const Probe&) const = default;
};

class NameServers {
  public:
    virtual ~NameServers() = default;

    // The answers, in the order of the probes; whatever has not come at the deadline will not. Of any rcode,
    // and over UDP perhaps truncated. Otherwise `unavailable`: silence, or nobody there; `corrupt`: what came
    // was no answer to the question (malformed, another id, another question); `refused`: the configuration
    // forbids this address, and nothing was sent.
    virtual std::vector<Result<Answer>> ask(std::span<const Probe> probes,
                                            std::chrono::milliseconds deadline) = 0;
};

}  // namespace custdkim::dns
