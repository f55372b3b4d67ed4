// `custdkim policy ...`: under which policy the keys of each zone rotate.
#pragma once

#include <string>

#include "cli/api_client.hpp"

namespace custdkim::cli {

struct PolicyOptions {
    ApiAccess access;
    bool json = false;
    std::string zone;  // for show
};

// Each returns the exit code.
int list_policies(const PolicyOptions& options);
int show_policy(const PolicyOptions& options);

}  // namespace custdkim::cli
