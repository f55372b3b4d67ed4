#include "lab/catalogue/table_reader.hpp"

#include "lab/catalogue/placeholders.hpp"

namespace custdkim::lab {

void Problems::add(std::uint32_t line, const std::string& sentence) { lines_.emplace(line, sentence); }

Error Problems::error() const {
    std::string detail;
    for (const auto& [line, sentence] : lines_) {
        if (!detail.empty()) detail += "\n";
        detail += where_ + ":" + std::to_string(line) + ": " + sentence;
    }
    return invalid(std::move(detail));
}

std::uint32_t TableReader::line_of(std::string_view word) const {
    const auto found = table_.find(word);
    return found == table_.end() ? line_ : found->first.source().begin.line;
}

void TableReader::complain(std::string_view word, const std::string& sentence) {
    problems_.add(line_of(word), std::string(word) + " " + sentence);
}

const toml::node* TableReader::ask(std::string_view word) {
    asked_.emplace(word);
    return table_.get(word);
}

std::optional<std::string> TableReader::text_of(const toml::node& node, std::string_view word,
                                                const char* what) {
    const auto text = node.value_exact<std::string>();
    if (!text) {
        complain(word, what);
        return std::nullopt;
    }
    if (const auto filled = fill(*text, Placeholders()); !filled) {
        problems_.add(node.source().begin.line, std::string(word) + ": " + filled.error().detail);
    }
    return *text;
}

std::optional<unsigned> TableReader::number_of(const toml::node& node, std::string_view word, unsigned lowest,
                                               unsigned highest) {
    const auto value = node.value_exact<std::int64_t>();
    if (!value || *value < lowest || *value > highest) {
        complain(word,
                 "must be a whole number from " + std::to_string(lowest) + " to " + std::to_string(highest));
        return std::nullopt;
    }
    return static_cast<unsigned>(*value);
}

std::string TableReader::required_text(std::string_view word) {
    auto read = text(word);
    if (!has(word)) {
        problems_.add(line_, std::string(word) + " is missing");
    } else if (read && read->find_first_not_of(" \n") == std::string::npos) {
        complain(word, "is empty");
    }
    return read.value_or("");
}

std::optional<std::string> TableReader::text(std::string_view word) {
    const toml::node* const node = ask(word);
    if (node == nullptr) return std::nullopt;
    return text_of(*node, word, "must be a string, in quotes");
}

std::optional<bool> TableReader::yes_or_no(std::string_view word) {
    const toml::node* const node = ask(word);
    if (node == nullptr) return std::nullopt;
    const auto value = node->value_exact<bool>();
    if (!value) complain(word, "must be true or false");
    return value;
}

std::optional<unsigned> TableReader::number(std::string_view word, unsigned lowest, unsigned highest) {
    const toml::node* const node = ask(word);
    if (node == nullptr) return std::nullopt;
    return number_of(*node, word, lowest, highest);
}

std::optional<Duration> TableReader::duration(std::string_view word) {
    const auto written = text(word);
    if (!written) return std::nullopt;
    const auto value = parse_duration(*written);
    if (value) return *value;
    complain(word, value.error().detail);
    return std::nullopt;
}

const toml::array* TableReader::ask_list(std::string_view word, const char* of_what) {
    const toml::node* const node = ask(word);
    if (node == nullptr) return nullptr;
    const toml::array* const list = node->as_array();
    if (list == nullptr) complain(word, of_what);
    return list;
}

std::vector<std::string> TableReader::texts(std::string_view word) {
    constexpr const char* kind = "must be a list of strings, in brackets";
    std::vector<std::string> texts;
    const toml::array* const list = ask_list(word, kind);
    if (list == nullptr) return texts;
    for (const toml::node& node : *list) {
        if (auto text = text_of(node, word, kind)) texts.push_back(std::move(*text));
    }
    return texts;
}

std::vector<unsigned> TableReader::numbers(std::string_view word, unsigned lowest, unsigned highest) {
    std::vector<unsigned> numbers;
    const toml::array* const list = ask_list(word, "must be a list of numbers, in brackets");
    if (list == nullptr) return numbers;
    for (const toml::node& node : *list) {
        if (const auto number = number_of(node, word, lowest, highest)) numbers.push_back(*number);
    }
    return numbers;
}

std::optional<TableReader> TableReader::table(std::string_view word) {
    const toml::node* const node = ask(word);
    if (node == nullptr) return std::nullopt;
    if (const toml::table* const table = node->as_table())
        return TableReader(*table, line_of(word), problems_);
    complain(word, "must be a table: [" + std::string(word) + "]");
    return std::nullopt;
}

std::vector<TableReader> TableReader::tables(std::string_view word) {
    const std::string kind = "must be tables: [[" + std::string(word) + "]]";
    std::vector<TableReader> readers;
    const toml::array* const list = ask_list(word, kind.c_str());
    if (list == nullptr) return readers;
    for (const toml::node& node : *list) {
        if (const toml::table* const table = node.as_table()) {
            readers.emplace_back(*table, node.source().begin.line, problems_);
        } else {
            complain(word, kind);
        }
    }
    return readers;
}

void TableReader::finish() {
    for (const auto& [key, node] : table_) {
        if (!asked_.contains(key.str()))
            problems_.add(key.source().begin.line, "'" + std::string(key.str()) + "' is not known here");
    }
}

}  // namespace custdkim::lab
