// Sockets bound to addresses, for UDP and TCP, all with the same port. Thread-safe.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/descriptor.hpp"
#include "base/result.hpp"

namespace custdkim::lab {

struct ListeningSockets {
    struct Pair {
        std::string address;
        bool is_v4 = true;
        Descriptor udp, tcp;  // do not block; the one for TCP listens
    };
    std::vector<Pair> pairs;
    std::uint16_t port = 0;
};

// Port 0: one that is free on all of them. `refused` for addresses beyond loopback, unless they are allowed.
Result<ListeningSockets> listen_on(const std::vector<std::string>& addresses, std::uint16_t port,
                                   bool allow_any_address);

}  // namespace custdkim::lab
