#include "usage/tree.hpp"

#include <algorithm>
#include <regex>
#include <sstream>

namespace custdkim::usage {

namespace {

constexpr std::string_view example_mark = "Example: ";

std::vector<std::string> paragraphs(const std::string& footer) {
    std::vector<std::string> found;
    for (std::size_t at = 0; at < footer.size();) {
        const std::size_t end = std::min(footer.find("\n\n", at), footer.size());
        if (end > at) found.push_back(footer.substr(at, end - at));
        at = end + 2;
    }
    return found;
}

bool is_flag(const CLI::Option& option) { return option.get_expected_max() == 0; }

}  // namespace

std::vector<const CLI::App*> verbs_of(const CLI::App& app) {
    return app.get_subcommands(
        [](const CLI::App* verb) { return !verb->get_name().empty() && !verb->get_group().empty(); });
}

std::vector<const CLI::App*> all_verbs(const CLI::App& program) {
    std::vector<const CLI::App*> found;
    for (const CLI::App* const verb : verbs_of(program)) {
        if (verbs_of(*verb).empty()) found.push_back(verb);
        const auto below = all_verbs(*verb);
        found.insert(found.end(), below.begin(), below.end());
    }
    return found;
}

std::string full_name(const CLI::App& verb) {
    const CLI::App* const parent = verb.get_parent();
    return parent ? full_name(*parent) + " " + verb.get_name() : verb.get_name();
}

std::vector<const CLI::Option*> positionals_of(const CLI::App& verb) {
    return verb.get_options([](const CLI::Option* option) { return option->get_positional(); });
}

std::vector<const CLI::Option*> options_of(const CLI::App& verb) {
    return verb.get_options([&verb](const CLI::Option* option) {
        return option->nonpositional() && !option->get_group().empty() && option != verb.get_help_ptr() &&
               option != verb.get_version_ptr();
    });
}

bool takes_value(const CLI::Option& option) { return !is_flag(option); }

std::string shape(const CLI::Option& option) {
    if (option.get_positional()) return option.get_name(true, false);
    std::string text = "--" + option.get_lnames().front();
    if (takes_value(option)) return text + " " + option.get_type_name();
    return option.get_fnames().empty() ? text : text + "[=" + option.get_type_name() + "]";
}

std::vector<std::string> texts_of(const CLI::App& verb) {
    auto found = paragraphs(verb.get_footer());
    std::erase_if(found, [](const std::string& text) { return text.starts_with(example_mark); });
    return found;
}

std::vector<std::string> examples_of(const CLI::App& verb) {
    std::vector<std::string> found;
    for (const std::string& text : paragraphs(verb.get_footer())) {
        if (text.starts_with(example_mark)) found.push_back(text.substr(example_mark.size()));
    }
    return found;
}

std::string plain(std::string_view markdown) {
    static const std::regex link(R"(\[([^\]]*)\]\([^)]*\))");
    std::string text = std::regex_replace(std::string(markdown), link, "$1");
    std::erase(text, '`');
    return text;
}

std::string wrapped(std::string_view text, std::size_t width, std::size_t indent) {
    std::istringstream words{std::string(text)};
    std::string out, word;
    std::size_t column = 0;
    while (words >> word) {
        if (column > 0 && column + 1 + word.size() > width) {
            out += "\n" + std::string(indent, ' ');
            column = indent;
        } else if (column > 0) {
            out += ' ';
            ++column;
        }
        out += word;
        column += word.size();
    }
    return out;
}

}  // namespace custdkim::usage
