// The settings of pdns_server that fit this configuration, each with its reason.
#pragma once

#include <string>

#include "service/config.hpp"

namespace custdkim {

// A fragment for pdns.conf: "# reason" lines, then "name=value".
std::string pdns_config(const Config& config);

}  // namespace custdkim
