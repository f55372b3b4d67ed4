// What is checked of a value before a verb sees it, so that all of them refuse alike: as wrong usage, with
// the name of the option and a short sentence. Pure.
#pragma once

#include <CLI/CLI.hpp>
#include <cstdint>
#include <string>
#include <vector>

namespace custdkim::usage {

// Decimal digits only; `most` INT64_MAX: as much as one likes.
CLI::Validator whole_number(std::uint64_t least, std::uint64_t most);

CLI::Validator one_of(std::vector<std::string> words);

// What `parse` refuses, with its sentence.
template <typename Parse>
CLI::Validator checked_by(Parse parse) {
    return CLI::Validator(
        [parse](std::string& text) {
            const auto parsed = parse(text);
            return parsed ? std::string() : parsed.error().detail;
        },
        "");
}

// No argument of the program's verbs may be empty, and no option but those with files and free text: a
// script's variable that is not set must not become "any".
void refuse_empty(CLI::App& program);

}  // namespace custdkim::usage
