#include "usage/completion.hpp"

#include <algorithm>

#include "usage/tree.hpp"

namespace custdkim::usage {

namespace {

// How far the words in front of the last one have come.
struct Position {
    const CLI::App* app;
    std::size_t positionals = 0;           // given so far
    const CLI::Option* awaits = nullptr;   // its value
    std::vector<const CLI::Option*> used;  // options
    bool only_positionals = false;         // behind "--"
};

const CLI::Option* find_option(const CLI::App& app, std::string_view word) {
    for (const CLI::Option* const option : options_of(app)) {
        for (const std::string& name : option->get_lnames()) {
            if (word == "--" + name) return option;
        }
    }
    return nullptr;
}

const CLI::App* find_verb(const CLI::App& app, const std::string& word) {
    for (const CLI::App* const verb : verbs_of(app)) {
        if (verb->get_name() == word) return verb;
    }
    return nullptr;
}

void take(Position& at, const std::string& word) {
    if (at.awaits) {
        at.awaits = nullptr;
        return;
    }
    if (!at.only_positionals && word == "--") {
        at.only_positionals = true;
        return;
    }
    if (!at.only_positionals && word.starts_with("-")) {
        const CLI::Option* const option = find_option(*at.app, word.substr(0, word.find('=')));
        if (!option) return;
        at.used.push_back(option);
        if (takes_value(*option) && word.find('=') == word.npos) at.awaits = option;
        return;
    }
    const CLI::App* const verb = find_verb(*at.app, word);
    if (verb) {
        at = {verb, 0, nullptr, {}, at.only_positionals};
    } else {
        ++at.positionals;
    }
}

// bash hands over "--type=ed" as three words, "--type", "=", "ed", and wants back what stands for the last
// one.
Words without_equal_signs(Words words) {
    if (words.back() == "=") words.back().clear();
    for (std::size_t i = words.size() - 1; i-- > 0;) {
        if (words[i] == "=") words.erase(words.begin() + static_cast<std::ptrdiff_t>(i));
    }
    return words;
}

void offer(Completion& completion, std::string_view typed, std::string text, const std::string& what) {
    if (text.starts_with(typed)) completion.candidates.push_back({std::move(text), plain(what)});
}

Candidates alternatives(std::string_view type) {
    Candidates words;
    for (std::size_t from = 0; from <= type.size();) {
        const std::size_t end = std::min(type.find('|', from), type.size());
        words.push_back({std::string(type.substr(from, end - from)), ""});
        from = end + 1;
    }
    return words;
}

// Of a list: those that are not in front of the last comma already, behind what is.
Candidates remaining(Candidates values, std::string_view typed) {
    const std::size_t comma = typed.rfind(',');
    if (comma == typed.npos) return values;
    const std::string front(typed.substr(0, comma + 1)), given = "," + front;
    std::erase_if(values,
                  [&](const Candidate& value) { return given.find("," + value.text + ",") != given.npos; });
    for (Candidate& value : values) value.text = front + value.text;
    return values;
}

void offer_values(Completion& completion, const CLI::Option& option, const std::string& typed,
                  const std::string& front, const Words& words, const ValuesOf& values_of) {
    const std::string type = option.get_type_name();
    const bool is_path = type == "FILE" || type == "DIRECTORY";
    const std::string name = option.get_positional() && !is_path ? option.get_name(true, false) : type;
    completion.files = name == "FILE";
    completion.directories = name == "DIRECTORY";
    if (completion.files || completion.directories) return;
    const std::size_t list = name.find("[,");
    Candidates values =
        name.find('|') != name.npos ? alternatives(name) : values_of(name.substr(0, list), words);
    if (list != name.npos) values = remaining(std::move(values), typed.substr(front.size()));
    for (const Candidate& value : values) offer(completion, typed, front + value.text, value.what);
}

void offer_options(Completion& completion, const Position& at, const std::string& typed) {
    for (const CLI::Option* const option : options_of(*at.app)) {
        const bool again = option->get_expected_max() > 1;
        const bool is_used = std::find(at.used.begin(), at.used.end(), option) != at.used.end();
        if (is_used && !again) continue;
        offer(completion, typed, "--" + option->get_lnames().front(), option->get_description());
    }
    offer(completion, typed, "--help", "Print what this is and end");
}

}  // namespace

Completion complete(const CLI::App& program, const Words& given, const ValuesOf& values_of) {
    Completion completion;
    if (given.empty()) return completion;
    const Words words = without_equal_signs(given);
    Position at{&program, 0, nullptr, {}, false};
    for (std::size_t i = 0; i + 1 < words.size(); ++i) take(at, words[i]);
    const std::string& typed = words.back();
    if (at.awaits) {
        offer_values(completion, *at.awaits, typed, "", words, values_of);
        return completion;
    }
    if (!at.only_positionals && typed.starts_with("-")) {
        const std::size_t equals = typed.find('=');
        if (equals == typed.npos) {
            offer_options(completion, at, typed);
        } else if (const CLI::Option* const option = find_option(*at.app, typed.substr(0, equals))) {
            offer_values(completion, *option, typed, typed.substr(0, equals + 1), words, values_of);
        }
        return completion;
    }
    for (const CLI::App* const verb : verbs_of(*at.app)) {
        offer(completion, typed, verb->get_name(), verb->get_description());
    }
    const auto positionals = positionals_of(*at.app);
    if (at.positionals < positionals.size()) {
        offer_values(completion, *positionals[at.positionals], typed, "", words, values_of);
    }
    return completion;
}

std::string to_lines(const Completion& completion) {
    std::string lines;
    for (const Candidate& candidate : completion.candidates) {
        lines += candidate.text + (candidate.what.empty() ? "" : "\t" + candidate.what) + "\n";
    }
    if (completion.files) lines += ":files\n";
    if (completion.directories) lines += ":directories\n";
    return lines;
}

}  // namespace custdkim::usage
