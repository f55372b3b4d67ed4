// `custdkim lookup`: one question, as the world's DNS answers it; prints what `dig +noall +answer` prints.
#pragma once

#include <string>

#include "cli/view_options.hpp"
#include "dns/message.hpp"

namespace custdkim::cli {

struct LookupOptions {
    ViewOptions view;
    std::string type, name;
};

// Exit code 0 if there is such a record, 1 for NXDOMAIN and NODATA, which are told on stderr, 3 otherwise.
int lookup(const LookupOptions& options);

// "" where the answer has a record of that type; else why not: "NXDOMAIN", "NODATA", "SERVFAIL", ...
std::string shortcoming(const dns::Answer& answer, dns::QuestionType type);

}  // namespace custdkim::cli
