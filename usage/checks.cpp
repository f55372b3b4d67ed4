#include "usage/checks.hpp"

#include <algorithm>
#include <charconv>

#include "usage/tree.hpp"

namespace custdkim::usage {

namespace {

std::string range_text(std::uint64_t least, std::uint64_t most) {
    if (most == INT64_MAX) return std::to_string(least) + " or more";
    return "from " + std::to_string(least) + " to " + std::to_string(most);
}

std::string in_quotes(const std::string& text) { return "'" + text.substr(0, 40) + "'"; }

bool may_be_empty(const CLI::Option& option) {
    const std::string type = option.get_type_name();
    return !takes_value(option) ||
           (option.nonpositional() && (type == "FILE" || type == "DIRECTORY" || type == "TEXT"));
}

}  // namespace

CLI::Validator whole_number(std::uint64_t least, std::uint64_t most) {
    return CLI::Validator(
        [least, most](std::string& text) {
            std::uint64_t number = 0;
            const char* const end = text.data() + text.size();
            const auto read = std::from_chars(text.data(), end, number);
            const bool fits = read.ec == std::errc() && read.ptr == end && number >= least && number <= most;
            return fits ? "" : in_quotes(text) + " must be a whole number, " + range_text(least, most);
        },
        "");
}

CLI::Validator one_of(std::vector<std::string> words) {
    return CLI::Validator(
        [words = std::move(words)](std::string& text) {
            if (std::find(words.begin(), words.end(), text) != words.end()) return std::string();
            std::string list;
            for (const std::string& word : words) list += (list.empty() ? "" : ", ") + word;
            return in_quotes(text) + " is none of " + list;
        },
        "");
}

void refuse_empty(CLI::App& program) {
    const CLI::Validator not_empty(
        [](std::string& text) { return text.empty() ? "must not be empty" : std::string(); }, "");
    for (CLI::App* const verb : program.get_subcommands({})) {
        for (CLI::Option* const option : verb->get_options()) {
            if (!may_be_empty(*option)) option->check(not_empty);
        }
        refuse_empty(*verb);
    }
}

}  // namespace custdkim::usage
