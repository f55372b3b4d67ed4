// How `--help` looks: usage, options with their defaults, then the text. Pure, but for help_width().
#pragma once

#include <CLI/CLI.hpp>
#include <cstddef>

namespace custdkim::usage {

// As wide as the terminal, within what reads well; 100 in a pipe.
std::size_t help_width();

// For the program and for all verbs that it is given afterwards.
void set_help(CLI::App& program, std::size_t width = help_width());

}  // namespace custdkim::usage
