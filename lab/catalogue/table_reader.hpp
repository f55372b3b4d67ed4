// Strict reading of a TOML table: what is asked for is checked, what was never asked for is not known.
// Problems are collected, each with its line, so that a file's author sees them all at once. Private to
// lab/catalogue.
#pragma once

#include <toml++/toml.h>

#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "base/time.hpp"
#include "lab/catalogue/words.hpp"

namespace custdkim::lab {

class Problems {
  public:
    explicit Problems(std::string where) : where_(std::move(where)) {}

    void add(std::uint32_t line, const std::string& sentence);
    bool none() const { return lines_.empty(); }
    Error error() const;  // in the order of the lines

  private:
    std::string where_;
    std::multimap<std::uint32_t, std::string> lines_;
};

class TableReader {
  public:
    TableReader(const toml::table& table, std::uint32_t line, Problems& problems)
        : table_(table), line_(line), problems_(problems) {}

    bool has(std::string_view word) const { return table_.contains(word); }
    std::uint32_t line() const { return line_; }
    std::uint32_t line_of(std::string_view word) const;  // of the table, where the word is not there
    void complain(std::string_view word, const std::string& sentence);

    // Each of these complains and returns nothing, or the default, where the value is not of the kind. The
    // placeholders in texts are checked.
    std::string required_text(std::string_view word);
    std::optional<std::string> text(std::string_view word);
    std::optional<bool> yes_or_no(std::string_view word);
    std::optional<unsigned> number(std::string_view word, unsigned lowest, unsigned highest);
    std::optional<Duration> duration(std::string_view word);
    std::vector<std::string> texts(std::string_view word);
    std::vector<unsigned> numbers(std::string_view word, unsigned lowest, unsigned highest);
    std::optional<TableReader> table(std::string_view word);
    std::vector<TableReader> tables(std::string_view word);

    template <typename T, std::size_t n>
    T word(std::string_view word, const std::array<Word<T>, n>& words, T otherwise);
    template <typename T, std::size_t n>
    std::vector<T> words(std::string_view word, const std::array<Word<T>, n>& words);

    // Complains of every word that nobody asked for.
    void finish();

  private:
    const toml::node* ask(std::string_view word);
    const toml::array* ask_list(std::string_view word, const char* of_what);
    std::optional<std::string> text_of(const toml::node& node, std::string_view word, const char* what);
    std::optional<unsigned> number_of(const toml::node& node, std::string_view word, unsigned lowest,
                                      unsigned highest);

    const toml::table& table_;
    std::uint32_t line_;
    Problems& problems_;
    std::set<std::string, std::less<>> asked_;
};

template <typename T, std::size_t n>
T TableReader::word(std::string_view word, const std::array<Word<T>, n>& words, T otherwise) {
    const auto written = text(word);
    if (!written) return otherwise;
    const auto value = value_of(words, *written);
    if (!value) complain(word, "is '" + *written + "'; it must be one of " + all_words(words));
    return value.value_or(otherwise);
}

template <typename T, std::size_t n>
std::vector<T> TableReader::words(std::string_view word, const std::array<Word<T>, n>& words) {
    std::vector<T> values;
    for (const std::string& written : texts(word)) {
        const auto value = value_of(words, written);
        if (value) {
            values.push_back(*value);
        } else {
            complain(word, "names '" + written + "'; there are " + all_words(words));
        }
    }
    return values;
}

}  // namespace custdkim::lab
