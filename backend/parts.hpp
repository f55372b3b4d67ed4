// What conversations with PowerDNS work on. Everything outlives them and is thread-safe.
#pragma once

#include "backend/counters.hpp"
#include "backend/operations.hpp"
#include "zone/administration.hpp"
#include "zone/zones.hpp"

namespace custdkim::backend {

struct Parts {
    const Zones& zones;
    Administration* administration = nullptr;  // without: nothing is kept for PowerDNS
    Operations* operations = nullptr;          // without: no backend-cmd
    Counters* counters = nullptr;
};

}  // namespace custdkim::backend
