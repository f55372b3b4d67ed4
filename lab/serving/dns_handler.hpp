// What a DNS server's sockets hand questions to: one of the two faces of the lab, or a test. Called from many
// threads at once.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>

#include "lab/internet/internet.hpp"

namespace custdkim::lab {

// A message as it came in; nobody has looked into it yet.
struct DnsQuery {
    std::span<const std::uint8_t> octets;
    Transport transport = Transport::udp;
    std::string client;  // "127.0.0.1:40000", "[::1]:40000"
    std::string server;  // the address that was asked, without its port
};

class DnsHandler {
  public:
    virtual ~DnsHandler() = default;

    // The reply, if it is there without waiting for anybody; nothing: answer() is asked by a worker.
    virtual std::optional<Reply> at_once(const DnsQuery& query) = 0;

    // May take seconds.
    virtual Reply answer(const DnsQuery& query) = 0;
};

}  // namespace custdkim::lab
