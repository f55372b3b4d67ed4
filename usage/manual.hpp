// The parts of a program's man page that `--help` says, too: they are written into the page, so that neither
// can know something that the other does not. Pure.
#pragma once

#include <CLI/CLI.hpp>
#include <string>
#include <string_view>

#include "base/result.hpp"

namespace custdkim::usage {

// The page, anew between "<!-- generated: PART -->" and "<!-- /generated -->". Parts are synopsis, verbs,
// options (those that are common to several verbs) and examples. Refuses a mark that it does not know or that
// has no end.
Result<std::string> fill_manual(const CLI::App& program, std::string_view page);

}  // namespace custdkim::usage
