// `custdkim-lab timeline`: a key's life under a policy, as a picture or a JSON document.
#pragma once

#include <string>

namespace custdkim::lab {

struct TimelineOptions {
    std::string policy_file;  // "": our defaults
    bool json = false;
};

// The exit code.
int timeline_command(const TimelineOptions& options);

}  // namespace custdkim::lab
