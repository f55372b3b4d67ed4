// `custdkim lookup`: one question, as the world's DNS answers it; prints what `dig +noall +answer` prints.
#pragma once

#include <string>

#include "cli/view_options.hpp"

namespace custdkim::cli {

struct LookupOptions {
    ViewOptions view;
    std::string type, name;
};

// Exit code 0 if there is such a record, 1 for NXDOMAIN and NODATA, which are told on stderr, 3 otherwise.
int lookup(const LookupOptions& options);

}  // namespace custdkim::cli
