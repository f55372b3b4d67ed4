// One question's way to one name server and back, over UDP or TCP: sockets, waiting and deadlines, for those
// who know what the octets mean. Every question has a socket, and so a port, of its own; what others send to
// it is dropped (RFC 5452). `unavailable` where nothing of use comes in time. Thread-safe; they block.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "base/result.hpp"
#include "dns/server_address.hpp"

namespace custdkim::dns {

using Octets = std::vector<std::uint8_t>;
using Deadline = std::chrono::steady_clock::time_point;

// Shown every datagram from the server. False: it is none of ours, forged or late; the right one may still
// come. An Error ends the exchange.
using Listener = std::function<Result<bool>(std::span<const std::uint8_t>)>;

// Sends the question, and once more at `again` if nothing came.
Result<void> exchange_udp(const ServerAddress& server, const Octets& question, Deadline again,
                          Deadline deadline, const Listener& listener);

// The first message that comes back (RFC 1035 section 4.2.2), without its length.
Result<Octets> exchange_tcp(const ServerAddress& server, const Octets& question, Deadline deadline);

}  // namespace custdkim::dns
