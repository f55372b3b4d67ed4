// How others rotate, as a plan for our rotator: when a new pair is published, what is looked at before it
// signs, and what becomes of the old record. A model of what they say of themselves, no more. Pure functions.
#pragma once

#include <optional>

#include "keys/rotator.hpp"

namespace custdkim::lab {

struct PeerPolicy {
    Duration interval = std::chrono::days(30);
    Duration lead = std::chrono::days(5);    // from publishing the new pair to signing with it
    bool looks_at_name_servers = false;      // signs only when all of them serve it
    bool looks_at_customer = false;          // signs only when the CNAME is right
    bool in_place = false;                   // the new pair replaces the old one in the same slot
    std::optional<Duration> withdraw_after;  // the old record goes so long after its pair's last signature
    Duration co_signs_for{0};                // the old pair signs beside the new one for so long
};

Plan peer_plan(const PeerPolicy& peer);

}  // namespace custdkim::lab
