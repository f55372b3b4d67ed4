// A receiver of events: where it is, what it wants to know, and how we prove who we are. Plain values.
#pragma once

#include <filesystem>
#include <set>
#include <string>
#include <vector>

#include "base/time.hpp"
#include "keys/secret.hpp"

namespace custdkim::webhooks {

struct Webhook {
    std::string name;              // of ours, for the cursor, logs and metrics
    std::string url;               // may hold a secret of the receiver's: never logged
    std::set<std::string> events;  // Event::action; none: all
    std::vector<SecretBytes> secrets;
    Duration timeout{10};                   // of one attempt
    Duration keep = std::chrono::days(30);  // an event that is older is given up
    std::filesystem::path ca_file;          // who vouches for the receiver, instead of the system's list
};

}  // namespace custdkim::webhooks
