#include "usage/manual.hpp"

#include <algorithm>
#include <array>

#include "usage/tree.hpp"

namespace custdkim::usage {

namespace {

constexpr std::size_t line_width = 112;
constexpr std::string_view begin_mark = "<!-- generated: ", begin_end = " -->\n",
                           end_mark = "<!-- /generated -->";

std::string upper(std::string text) {
    for (char& c : text) c = c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
    return text;
}

std::vector<std::string> common_groups(const CLI::App& verb) {
    std::vector<std::string> groups;
    for (const CLI::Option* const option : options_of(verb)) {
        const std::string& group = option->get_group();
        const bool is_new = std::find(groups.begin(), groups.end(), group) == groups.end();
        if (group != own_options && is_new) groups.push_back(group);
    }
    return groups;
}

// What would be torn apart between its words; `wrapped` would take a space for a place to do so.
std::string unbreakable(std::string text) {
    std::replace(text.begin(), text.end(), ' ', '\x1f');
    return text;
}

std::string invocation(const CLI::App& verb) {
    std::string line = unbreakable(full_name(verb));
    for (const CLI::Option* const positional : positionals_of(verb)) {
        const std::string name = positional->get_name(true, false);
        line += positional->get_required() ? " " + name : " [" + name + "]";
    }
    for (const bool required : {true, false}) {
        for (const CLI::Option* const option : options_of(verb)) {
            if (option->get_required() != required || option->get_group() != own_options) continue;
            const std::string text = unbreakable(shape(*option));
            line += required ? " " + text : " [" + text + "]";
            if (option->get_expected_max() > 1) line += "...";
        }
    }
    for (const std::string& group : common_groups(verb)) line += " [" + unbreakable(upper(group)) + "]";
    line = wrapped(line, line_width, full_name(verb).size() + 5);
    std::replace(line.begin(), line.end(), '\x1f', ' ');
    return line;
}

std::string synopsis(const CLI::App& program) {
    std::string text = "\n";
    for (const CLI::App* const verb : all_verbs(program)) text += "    " + invocation(*verb) + "\n";
    return text + "    " + program.get_name() + " --version\n    " + program.get_name() +
           " [VERB] --help\n\n";
}

std::string sentence(std::string text) {
    if (!text.empty() && text.back() != '.') text += '.';
    return text;
}

std::string definition(const CLI::Option& option) {
    std::string text = option.get_description();
    if (option.get_expected_max() > 1) text += "; may be given again";
    if (!option.get_default_str().empty()) text += ". Default: `" + option.get_default_str() + "`";
    if (!option.get_envname().empty()) text += ". `" + option.get_envname() + "` stands in for it";
    return "`" + shape(option) + "`\n: " + wrapped(sentence(text), line_width, 2) + "\n\n";
}

std::string verbs(const CLI::App& program) {
    std::string text = "\n";
    for (const CLI::App* const verb : all_verbs(program)) {
        text += "### " + full_name(*verb);
        for (const CLI::Option* const positional : positionals_of(*verb)) text += " " + shape(*positional);
        text += "\n\n" + wrapped(sentence(verb->get_description()), line_width) + "\n\n";
        for (const std::string& paragraph : texts_of(*verb)) text += wrapped(paragraph, line_width) + "\n\n";
        for (const CLI::Option* const positional : positionals_of(*verb)) text += definition(*positional);
        for (const CLI::Option* const option : options_of(*verb)) {
            if (option->get_group() == own_options) text += definition(*option);
        }
    }
    return text;
}

// What is common to several verbs: each option once, as the first of those verbs has it.
std::string options(const CLI::App& program) {
    std::vector<std::string> groups;
    for (const CLI::App* const verb : all_verbs(program)) {
        for (const std::string& group : common_groups(*verb)) {
            if (std::find(groups.begin(), groups.end(), group) == groups.end()) groups.push_back(group);
        }
    }
    std::string text = "\n";
    for (const std::string& group : groups) {
        text += "### " + group + "\n\n";
        std::vector<std::string> told;
        for (const CLI::App* const verb : all_verbs(program)) {
            for (const CLI::Option* const option : options_of(*verb)) {
                const std::string name = shape(*option);
                const bool is_new = std::find(told.begin(), told.end(), name) == told.end();
                if (option->get_group() != group || !is_new) continue;
                told.push_back(name);
                text += definition(*option);
            }
        }
    }
    return text;
}

std::string examples(const CLI::App& program) {
    std::string text;
    for (const CLI::App* const verb : all_verbs(program)) {
        for (const std::string& example : examples_of(*verb)) text += "    " + example + "\n";
    }
    return "\n<!-- not run: unrelated commands; the quickstarts have them in an order that makes sense "
           "-->\n\n" +
           text + "\n";
}

struct Part {
    std::string_view name;
    std::string (*write)(const CLI::App&);
};
constexpr std::array parts{Part{"synopsis", synopsis}, Part{"verbs", verbs}, Part{"options", options},
                           Part{"examples", examples}};

}  // namespace

Result<std::string> fill_manual(const CLI::App& program, std::string_view page) {
    std::string filled;
    for (;;) {
        const std::size_t begin = page.find(begin_mark);
        if (begin == page.npos) return filled + std::string(page);
        const std::size_t named = begin + begin_mark.size();
        const std::size_t name_end = page.find(begin_end, named);
        const std::size_t end = page.find(end_mark, named);
        if (name_end == page.npos || end == page.npos || end < name_end) {
            return invalid("a part of the page that begins with '<!-- generated: ' has no end, '" +
                           std::string(end_mark) + "'");
        }
        const std::string_view name = page.substr(named, name_end - named);
        const auto part =
            std::find_if(parts.begin(), parts.end(), [name](const Part& p) { return p.name == name; });
        if (part == parts.end())
            return invalid("there is no part '" + std::string(name) + "' of a page to generate");
        filled += page.substr(0, name_end + begin_end.size());
        filled += part->write(program);
        filled += end_mark;
        page.remove_prefix(end + end_mark.size());
    }
}

}  // namespace custdkim::usage
