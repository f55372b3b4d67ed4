// How `--help` looks: usage, options with their defaults, then the text. Pure.
#pragma once

#include <CLI/CLI.hpp>

namespace custdkim::usage {

// For the program and for all verbs that it is given afterwards.
void set_help(CLI::App& program);

}  // namespace custdkim::usage
