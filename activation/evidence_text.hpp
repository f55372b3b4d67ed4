// The evidence as lines for a ticket: the questions as `dig` takes them, the answers as `dig` prints them.
#pragma once

#include <string>
#include <vector>

#include "activation/evidence.hpp"

namespace custdkim::activation {

// What decides comes first; bounded in lines and in their length, whatever was answered.
std::vector<std::string> evidence_lines(const Evidence& evidence);

}  // namespace custdkim::activation
