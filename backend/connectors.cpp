#include "backend/connectors.hpp"

#include <array>
#include <string_view>

namespace custdkim::backend {

namespace {

using Started = Result<std::unique_ptr<Connector>>;

struct Row {
    bool (*is_on)(const ConnectorSettings& settings);
    Started (*start)(ConnectorSettings& settings, const Parts& parts);
};

template <typename Made>
Started widen(Result<std::unique_ptr<Made>> made) {
    if (!made) return made.error();
    return std::unique_ptr<Connector>(std::move(*made));
}

constexpr std::array table = {
    // Always: `custdkim pipe` needs it, too.
    Row{[](const ConnectorSettings&) { return true; },
        [](ConnectorSettings& settings, const Parts& parts) {
            return widen(
                UnixConnector::start(std::move(settings.unix_socket), parts, std::move(settings.inherited)));
        }},
    Row{[](const ConnectorSettings& settings) { return settings.http.has_value(); },
        [](ConnectorSettings& settings, const Parts& parts) {
            return widen(HttpConnector::start(std::move(*settings.http), parts));
        }},
};

}  // namespace

Result<Connectors> start_connectors(ConnectorSettings settings, const Parts& parts) {
    Connectors connectors;
    for (const Row& row : table) {
        if (!row.is_on(settings)) continue;
        auto started = row.start(settings, parts);
        if (!started) return started.error();
        connectors.push_back(std::move(*started));
    }
    return connectors;
}

InheritedSockets hand_over(Connectors& connectors) {
    InheritedSockets all;
    for (const auto& connector : connectors) {
        InheritedSockets sockets = connector->hand_over();
        if (sockets.listener) all.listener = std::move(sockets.listener);
        for (Descriptor& connection : sockets.connections) all.connections.push_back(std::move(connection));
    }
    return all;
}

}  // namespace custdkim::backend
