// A refusal as verbs with --json tell it: the sentence on stderr, and on stdout a problem document (RFC
// 9457).
#pragma once

#include <string_view>

#include "lab/outcome.hpp"

namespace custdkim::lab {

// Returns the code. Without `json` the document is left out.
int fail(Exit::Code code, std::string_view sentence, bool json);

}  // namespace custdkim::lab
