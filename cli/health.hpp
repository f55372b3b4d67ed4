// `custdkim health`: whether a service, or a lab, is there and serves. For supervisors and people; needs no
// token.
#pragma once

#include <string>

#include "cli/api_client.hpp"

namespace custdkim::cli {

struct HealthOptions {
    std::string url = ApiAccess().url;
    std::string ca_file;  // as in ApiAccess
    bool json = false;
};

// Exit code 0 if it serves, 1 if what answers there says something else, 3 if nothing answers, or no
// custdkim.
int health(const HealthOptions& options);

}  // namespace custdkim::cli
