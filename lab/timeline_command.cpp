#include "lab/timeline_command.hpp"

#include <iostream>

#include "lab/refusal.hpp"
#include "lab/simulation/lab_policy.hpp"
#include "lab/timeline.hpp"

namespace custdkim::lab {

int timeline_command(const TimelineOptions& options) {
    LabPolicy policy;
    if (!options.policy_file.empty()) {
        auto read = read_lab_policy(options.policy_file);
        if (!read) return fail(Exit::wrong, read.error().detail, options.json);
        policy = std::move(*read);
    }
    if (policy.peer)
        return fail(Exit::wrong, options.policy_file + ": a timeline is drawn for policies of our own only",
                    options.json);
    std::cout << (options.json ? timeline_json(policy.rotation) : timeline(policy.rotation)) << std::flush;
    return Exit::done;
}

}  // namespace custdkim::lab
