// Exit codes, and the one sentence on stderr that goes with all but the first.
#pragma once

#include <string_view>

#include "base/result.hpp"

namespace custdkim::cli {

enum Exit : int {
    done = 0,
    no = 1,       // not verified, not found, refused
    wrong = 2,    // wrong usage or configuration
    unknown = 3,  // could not tell, could not reach
};

// Prints "custdkim: SENTENCE" and returns the code.
int fail(Exit code, std::string_view sentence);

// For errors at start: what the caller can mend is `wrong`, what may pass is `unknown`.
Exit exit_for(Errc code);

}  // namespace custdkim::cli
