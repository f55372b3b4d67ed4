// `custdkim diagnose`: looks at one CNAME of one customer, and says what is wrong with it, and why. For
// support people: no daemon, no configuration, no key.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "activation/diagnostician.hpp"
#include "cli/view_options.hpp"

namespace custdkim::cli {

struct DiagnoseOptions {
    ViewOptions view;
    std::string domain, selector, target;
    std::optional<std::string> text;      // what is published at the target
    std::vector<std::string> alternates;  // SELECTOR=TARGET
    bool strict = false;
};

// Exit code 0 for a pass, 1 for a fail, 3 for unknown, 2 for what cannot be looked at.
int diagnose(const DiagnoseOptions& options);

// What to look at; or a sentence about what was typed.
Result<activation::Subject> read_subject(const DiagnoseOptions& options);

// As it is printed: for people, and with --json.
std::string finding_text(const activation::Subject& subject, const Finding& finding);
std::string finding_document(const activation::Subject& subject, const Finding& finding);

}  // namespace custdkim::cli
