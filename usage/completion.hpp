// What may stand next on a command line that somebody is typing, for bash and zsh: their scripts, which hold
// no names themselves, ask the program, at each press of the key. Pure, but for what the program says of its
// values.
#pragma once

#include <CLI/CLI.hpp>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"

namespace custdkim::usage {

using Words = std::vector<std::string>;

struct Candidate {
    std::string text;
    std::string what;  // a few words about it, or none
};
using Candidates = std::vector<Candidate>;

// What may stand for a value that help calls so: "TYPE" is "rsa-2048", ... `words`: what was typed so far.
// Not asked where help has all: "on|off". "TYPE[,TYPE]..." is a list of such values, with commas between.
using ValuesOf = std::function<Candidates(std::string_view name, const Words& words)>;

struct Completion {
    Candidates candidates;
    bool files = false, directories = false;  // of the shell's, beside them
};

// `words` are those behind the program's name; the last one is being typed, and may be empty. Only what
// begins with it is in the answer.
Completion complete(const CLI::App& program, const Words& words, const ValuesOf& values_of);

// A line for each candidate, "TEXT<TAB>WHAT"; and ":files" or ":directories".
std::string to_lines(const Completion& completion);

// For "bash" or "zsh".
Result<std::string> completion_script(std::string_view program, std::string_view shell);

}  // namespace custdkim::usage
