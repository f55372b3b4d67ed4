// DNS over UDP and TCP (RFC 1035 section 4.2, RFC 7766) on any number of addresses with one port. Two threads
// take datagrams in batches and answer what the handler knows at once; workers ask it the rest; replies that
// are to be late wait for a timer. Everything a client can send or withhold has a limit. Thread-safe.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "lab/serving/dns_handler.hpp"

namespace custdkim::lab {

struct DnsServerSettings {
    std::vector<std::string> addresses;
    std::uint16_t port = 0;          // 0: any that is free on all addresses, for UDP and TCP
    bool allow_any_address = false;  // others than loopback: what is answered there is not the truth
    unsigned receivers = 2;
    unsigned workers = 8;
    std::size_t max_waiting = 4096;  // questions for the workers, and replies for the timer; more are dropped
    std::size_t max_connections = 256;           // one more closes the one that has been idle longest
    std::chrono::milliseconds idle_time{10000};  // to send a whole question, to take a whole reply
};

class DnsServer {
  public:
    // Listens from here on. The handler outlives the server.
    static Result<std::unique_ptr<DnsServer>> start(const DnsServerSettings& settings, DnsHandler& handler);

    // Takes no more questions, waits for the handler's calls under way, closes.
    ~DnsServer();

    std::uint16_t port() const;

  private:
    class Engine;
    explicit DnsServer(std::unique_ptr<Engine> engine);
    std::unique_ptr<Engine> engine_;
};

}  // namespace custdkim::lab
