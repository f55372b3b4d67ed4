// The connectors, one row of a table and one file each; several may be on at once. `pipe` is none of them: it
// is a program that PowerDNS starts, and that comes to us over the unix connector (backend/pipe_relay.hpp).
// `zeromq` is not there: docs/decisions/0025-connectors.md.
#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "backend/connector.hpp"
#include "backend/http_connector.hpp"
#include "backend/parts.hpp"
#include "backend/unix_connector.hpp"
#include "base/result.hpp"

namespace custdkim::backend {

struct ConnectorSettings {
    UnixSettings unix_socket;
    InheritedSockets inherited;
    std::optional<HttpSettings> http;  // without: off
};

using Connectors = std::vector<std::unique_ptr<Connector>>;

// Starts those that are on, all or none. What the parts name outlives them.
Result<Connectors> start_connectors(ConnectorSettings settings, const Parts& parts);

// Stops them all; what the next process can go on with.
InheritedSockets hand_over(Connectors& connectors);

}  // namespace custdkim::backend
