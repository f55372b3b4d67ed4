// The command line of the verbs that control a running lab.
#pragma once

#include <functional>

#include "lab/control_commands.hpp"

namespace CLI {
class App;
}

namespace custdkim::lab {

// Adds customer, clock, queries and cache. The one that is chosen becomes `action`; both outlive the parsing.
void add_control_verbs(CLI::App& app, ControlOptions& options, std::function<int()>& action);

}  // namespace custdkim::lab
