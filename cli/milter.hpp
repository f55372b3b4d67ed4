// `custdkim milter`: has mail servers' mail signed by a running custdkim.
#pragma once

#include <string>
#include <vector>

#include "cli/api_client.hpp"

namespace custdkim::cli {

struct MilterOptions {
    ApiAccess access;
    std::string listen;
    std::string socket_mode = "0660";
    std::string socket_group;  // "": that of the process
    std::string org;           // "": whatever the token is for
    bool any_sender = false;
    bool all = false;                  // whoever sends it
    std::vector<std::string> trusted;  // CIDR
    std::vector<std::string> daemon_names;
};

// Returns when a signal has ended it.
int milter(const MilterOptions& options);

}  // namespace custdkim::cli
