// The settings of pdns_server that fit this configuration, each with its reason.
#pragma once

#include <string>

#include "service/config.hpp"

namespace custdkim {

// Off where our clock is not the one that PowerDNS's caches run on.
enum class PdnsCaches { on, off };

// A fragment for pdns.conf: "# reason" lines, then "name=value".
std::string pdns_config(const Config& config, PdnsCaches caches = PdnsCaches::on);

}  // namespace custdkim
