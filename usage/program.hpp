// What every program of ours does with its command line beside its verbs: it completes words for a shell, and
// fills its man page. And how a verb's options and what it does find each other.
#pragma once

#include <CLI/CLI.hpp>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "usage/completion.hpp"

namespace custdkim::usage {

// What parsing chose to do; returns the exit code.
using Action = std::function<int()>;

template <typename Options>
struct Verb {
    CLI::App* app;
    Options& options;  // lives as long as the verb
};

// A verb with options of its own: CLI11 applies environment variables to verbs that were not chosen, too.
template <typename Options>
Verb<Options> add_verb(CLI::App& parent, Action& chosen, const std::string& name, const std::string& what,
                       int (*does)(const Options&)) {
    CLI::App* const verb = parent.add_subcommand(name, what);
    auto options = std::make_shared<Options>();
    verb->callback([&chosen, options, does] { chosen = [options, does] { return does(*options); }; });
    return {verb, *options};
}

// A verb that only has others below it.
CLI::App& add_verb_group(CLI::App& parent, const std::string& name, const std::string& what);

// "completion SHELL".
void add_completion(CLI::App& program, Action& chosen);

// Whether somebody asked for JSON, where the command line as a whole could not be read.
bool wants_json(int argc, const char* const* argv);

// "__complete WORD..." and "__manual PAGE", which are not for people: the exit code, or nothing where it is
// neither.
std::optional<int> run_hidden(const CLI::App& program, int argc, const char* const* argv,
                              const ValuesOf& values_of);

}  // namespace custdkim::usage
