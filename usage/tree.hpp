// What a program can be asked, as CLI11 has it: its verbs, and their options by groups. Help, man page and
// completion are made of nothing else. Of a verb the description is one line; its footer has paragraphs for
// who wants to know more, in plain Markdown, of which those that begin with "Example: " are commands. Pure.
#pragma once

#include <CLI/CLI.hpp>
#include <string>
#include <string_view>
#include <vector>

namespace custdkim::usage {

// The group of options that belong to one verb only. Others are common to several verbs.
inline constexpr std::string_view own_options = "Options";

// Verbs with a name, and not hidden.
std::vector<const CLI::App*> verbs_of(const CLI::App& app);

// All verbs at the ends of the tree, in the order of the help.
std::vector<const CLI::App*> all_verbs(const CLI::App& program);

// "custdkim key create".
std::string full_name(const CLI::App& verb);

std::vector<const CLI::Option*> positionals_of(const CLI::App& verb);
// Without positionals, hidden ones and --help.
std::vector<const CLI::Option*> options_of(const CLI::App& verb);

// "--selector S", "--json", "--wait[=DURATION]".
std::string shape(const CLI::Option& option);
bool takes_value(const CLI::Option& option);  // in the next word

// Paragraphs of the footer.
std::vector<std::string> texts_of(const CLI::App& verb);
std::vector<std::string> examples_of(const CLI::App& verb);

// Markdown as it reads on a terminal: without `code` marks and without the addresses of [links](links).
std::string plain(std::string_view markdown);

// Lines of at most `width` octets, where its words allow that; all but the first with `indent` spaces in
// front.
std::string wrapped(std::string_view text, std::size_t width, std::size_t indent = 0);

}  // namespace custdkim::usage
