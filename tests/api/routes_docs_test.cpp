// The table of routes in docs/api.md is the table that answers.
#include <fstream>
#include <iterator>
#include <regex>
#include <set>
#include <sstream>
#include <string>

#include <catch2/catch.hpp>

#include "api/router.hpp"

namespace custdkim::test {

namespace {

using Names = std::set<std::string>;

// Rows like "| `GET /v1/keys` |".
Names routes_in(const std::string& page) {
    const std::regex row(R"(^\| `([A-Z]+ /v1/[^`]*)` \|)");
    Names found;
    std::istringstream stream(page);
    for (std::string line; std::getline(stream, line);) {
        std::smatch match;
        if (std::regex_search(line, match, row)) found.insert(match[1]);
    }
    return found;
}

}  // namespace

TEST_CASE("docs/api.md has every route, and no other") {
    std::ifstream stream(CUSTDKIM_SOURCE_DIR "/docs/api.md");
    REQUIRE(stream);
    const auto names = api::route_names();
    CHECK(routes_in({std::istreambuf_iterator<char>(stream), {}}) == Names(names.begin(), names.end()));
}

TEST_CASE("The check of the routes finds rows only") {
    CHECK(routes_in("| `GET /v1/x/{id}` | y |\nthe `POST /v1/y` is\n| `GET` | z |\n") ==
          Names{"GET /v1/x/{id}"});
}

}  // namespace custdkim::test
