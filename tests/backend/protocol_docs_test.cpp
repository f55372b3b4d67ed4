// The table of methods in docs/protocol.md is the table that answers.
#include <catch2/catch.hpp>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <regex>
#include <sstream>
#include <string>
#include <vector>

#include "backend/methods.hpp"

namespace custdkim::test {

namespace {

using Names = std::vector<std::string>;

struct DocumentedMethods {
    Names answered;
    Names not_answered;
};

// Rows like "| `lookup` | yes |".
DocumentedMethods methods_in(const std::string& page) {
    const std::regex row(R"(^\| `([A-Za-z0-9]+)` \| (yes|no) \|)");
    DocumentedMethods documented;
    std::istringstream stream(page);
    for (std::string line; std::getline(stream, line);) {
        std::smatch match;
        if (!std::regex_search(line, match, row)) continue;
        (match[2] == "yes" ? documented.answered : documented.not_answered).push_back(match[1]);
    }
    return documented;
}

Names missing(const Names& wanted, const Names& there) {
    Names lost;
    std::copy_if(wanted.begin(), wanted.end(), std::back_inserter(lost), [&](const std::string& name) {
        return std::find(there.begin(), there.end(), name) == there.end();
    });
    return lost;
}

Names names_of(std::span<const backend::Method> methods) {
    Names names;
    for (const backend::Method& method : methods) names.emplace_back(method.name);
    return names;
}

DocumentedMethods documented() {
    std::ifstream stream(CUSTDKIM_SOURCE_DIR "/docs/protocol.md");
    REQUIRE(stream);
    return methods_in({std::istreambuf_iterator<char>(stream), {}});
}

}  // namespace

TEST_CASE("Every method has a row in docs/protocol.md") {
    CHECK(missing(names_of(backend::methods()), documented().answered) == Names());
}

TEST_CASE("Every method that docs/protocol.md marks as answered is answered") {
    const Names answered = documented().answered;
    CHECK(missing(answered, names_of(backend::methods())) == Names());
    CHECK(answered.size() == backend::methods().size());
}

TEST_CASE("No method that docs/protocol.md marks as not answered is answered") {
    const Names not_answered = documented().not_answered;
    CHECK(not_answered.size() > 20);
    for (const std::string& name : not_answered) {
        CAPTURE(name);
        CHECK_FALSE(backend::find_method(name));
    }
}

TEST_CASE("The check of the method table finds what differs") {
    const auto rows =
        methods_in("| `lookup` | yes | x |\n| `invented` | no | |\nand `list` is\n| `a` | perhaps |\n");
    CHECK(rows.answered == Names{"lookup"});
    CHECK(rows.not_answered == Names{"invented"});
    CHECK(missing({"lookup", "list"}, rows.answered) == Names{"list"});
}

}  // namespace custdkim::test
