// The timeline of one key under a policy, when nothing is in the way: what the rotation does from day to day,
// as a picture and as a list. Made by the production code, so that documents cannot tell another story. Pure
// functions.
#pragma once

#include <string>

#include "keys/policy.hpp"

namespace custdkim::lab {

// Somewhat more than three cycles, 96 columns wide.
std::string timeline(const RotationPolicy& policy);

// The same as a JSON document: steps, and of each slot what its record is from when to when, in seconds.
std::string timeline_json(const RotationPolicy& policy);

}  // namespace custdkim::lab
