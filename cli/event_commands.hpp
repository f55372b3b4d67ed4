// `custdkim event ...`: the audit log, as it is and as it grows.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "cli/api_client.hpp"

namespace custdkim::cli {

struct EventOptions {
    ApiAccess access;
    bool json = false;
    std::string key;                     // id; "": of all keys
    std::optional<std::uint64_t> after;  // number of the last event that is not wanted
    std::optional<std::size_t> limit;    // so many, the newest; of the list only
};

// Each returns the exit code.
int list_events(const EventOptions& options);

// Prints what happens, until it is interrupted. Where the connection ends it begins anew behind the last
// event.
int follow_events(const EventOptions& options);

}  // namespace custdkim::cli
