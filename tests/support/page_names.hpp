// What the tables of a document name: for tests that hold a page against the program.
#pragma once

#include <fstream>
#include <iterator>
#include <regex>
#include <set>
#include <sstream>
#include <string>

#include <catch2/catch.hpp>

#include "tests/support/source_dir.hpp"

namespace custdkim::test {

using Names = std::set<std::string>;

// `file` is below docs.
inline std::string text_of_page(const std::string& file) {
    std::ifstream stream(source_dir() + "/docs/" + file);
    REQUIRE(stream);
    return {std::istreambuf_iterator<char>(stream), {}};
}

// The first group of `row` in each line where it is found.
inline Names names_in(const std::string& page, const std::regex& row) {
    Names found;
    std::istringstream stream(page);
    for (std::string line; std::getline(stream, line);) {
        std::smatch match;
        if (std::regex_search(line, match, row)) found.insert(match[1]);
    }
    return found;
}

}  // namespace custdkim::test
