// Exit codes of `custdkim-lab`, and the one sentence on stderr that goes with all but the first.
#pragma once

#include <iostream>
#include <string_view>

#include "base/result.hpp"

namespace custdkim::lab {

struct Exit {
    enum Code : int { done = 0, no = 1, wrong = 2, unknown = 3 };
};

inline int fail(Exit::Code code, std::string_view sentence) {
    std::cerr << "custdkim-lab: " << sentence << std::endl;
    return code;
}

// At start: what the caller can mend is `wrong`, what may pass is `unknown`.
inline int fail(const Error& error) {
    const bool is_wrong = error.code == Errc::invalid || error.code == Errc::refused;
    return fail(is_wrong ? Exit::wrong : Exit::unknown, error.detail);
}

}  // namespace custdkim::lab
