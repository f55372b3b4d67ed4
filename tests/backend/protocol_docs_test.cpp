// The table of methods in docs/protocol.md is the table that answers.
#include <catch2/catch.hpp>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>
#include <regex>
#include <sstream>
#include <string>
#include <vector>

#include "backend/methods.hpp"
#include "fixed_world.hpp"
#include "tests/support/source_dir.hpp"

namespace custdkim::test {

namespace {

using Names = std::vector<std::string>;

struct DocumentedMethods {
    Names answered;
    Names refused;
};

// Rows like "| `lookup` | yes |" and "| `feedRecord` | refused |".
DocumentedMethods methods_in(const std::string& page) {
    const std::regex row(R"(^\| `([A-Za-z0-9]+)` \| (yes|refused) \|)");
    DocumentedMethods documented;
    std::istringstream stream(page);
    for (std::string line; std::getline(stream, line);) {
        std::smatch match;
        if (!std::regex_search(line, match, row)) continue;
        (match[2] == "yes" ? documented.answered : documented.refused).push_back(match[1]);
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
    std::ifstream stream(source_dir() + "/docs/protocol.md");
    REQUIRE(stream);
    return methods_in({std::istreambuf_iterator<char>(stream), {}});
}

}  // namespace

TEST_CASE("Every method has a row in docs/protocol.md, and every row is a method") {
    const DocumentedMethods there = documented();
    Names rows = there.answered;
    rows.insert(rows.end(), there.refused.begin(), there.refused.end());
    CHECK(missing(names_of(backend::methods()), rows) == Names());
    CHECK(missing(rows, names_of(backend::methods())) == Names());
    CHECK(rows.size() == backend::methods().size());
}

TEST_CASE("What docs/protocol.md marks as refused is refused with a reason, and nothing else is") {
    FixedWorld world;
    const Names refused = documented().refused;
    CHECK(refused.size() > 5);
    for (const backend::Method& method : backend::methods()) {
        CAPTURE(method.name);
        const auto reply = nlohmann::json::parse(
            world.answer(R"({"method": ")" + std::string(method.name) + R"(", "parameters": {}})"));
        const bool is_refused = reply.contains("result") && reply["result"] == false && reply.contains("log");
        CHECK(is_refused == (missing({std::string(method.name)}, refused).empty()));
    }
}

TEST_CASE("The check of the method table finds what differs") {
    const auto rows =
        methods_in("| `lookup` | yes | x |\n| `invented` | refused | |\nand `list` is\n| `a` | perhaps |\n");
    CHECK(rows.answered == Names{"lookup"});
    CHECK(rows.refused == Names{"invented"});
    CHECK(missing({"lookup", "list"}, rows.answered) == Names{"list"});
}

}  // namespace custdkim::test
