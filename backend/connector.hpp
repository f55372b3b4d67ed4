// A way in which PowerDNS reaches us, as the service sees it. Made by a row of backend/connectors.cpp.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/descriptor.hpp"

namespace custdkim::backend {

// Sockets that a supervisor kept open for us while we were restarted.
struct InheritedSockets {
    Descriptor listener;  // also from systemd socket activation
    std::vector<Descriptor> connections;
};

class Connector {
  public:
    // Takes no more requests, finishes those under way and closes everything.
    virtual ~Connector() = default;

    // What keeps PowerDNS from reaching us this way, in a sentence; nothing if all is well.
    virtual std::optional<std::string> trouble() const = 0;

    // The same, but hands back what the next process can go on with: nothing, where the protocol of the
    // connector bears a closed connection.
    virtual InheritedSockets hand_over() = 0;
};

}  // namespace custdkim::backend
