// The settings of pdns_server that fit this configuration, each with its reason.
#pragma once

#include <string>
#include <vector>

#include "service/config.hpp"

namespace custdkim {

// Off where our clock is not the one that PowerDNS's caches run on.
enum class PdnsCaches { on, off };

struct PdnsChoice {
    PdnsCaches caches = PdnsCaches::on;
    std::string connector = "unix";             // one of connector_names()
    std::string program = "/usr/bin/custdkim";  // what PowerDNS starts for `pipe`
    std::string token = {};                     // of the HTTP connector, if it has one
};

struct PdnsSetting {
    std::string name, value;
    std::string reason;  // lines
};

// Refused where the configuration does not have the connector.
Result<std::vector<PdnsSetting>> pdns_settings(const Config& config, const PdnsChoice& choice = {});

// A fragment for pdns.conf: "# reason" lines, then "name=value".
std::string to_text(const std::vector<PdnsSetting>& settings);
Result<std::string> pdns_config(const Config& config, const PdnsChoice& choice = {});

// "unix, pipe, ..."
std::string connector_names();

}  // namespace custdkim
