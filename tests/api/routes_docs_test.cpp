// The routes of docs/api.md and of docs/openapi.yaml are those of the table that answers.
#include "api/router.hpp"
#include "support/page_names.hpp"

namespace custdkim::test {

namespace {

// Rows like "| `GET /v1/keys` |".
Names routes_in(const std::string& page) {
    return names_in(page, std::regex(R"(^\| `([A-Z]+ /(?:v1/[^`]*|metrics))` \|)"));
}

// Of a YAML document that is laid out as ours: paths are indented by 2, their methods by 4.
Names operations_in(const std::string& document) {
    const std::regex path_line(R"(^  (/[^ ]*):$)"), method_line(R"(^    (get|put|post|delete|patch):$)");
    Names found;
    std::string path;
    std::istringstream stream(document);
    for (std::string line; std::getline(stream, line);) {
        std::smatch match;
        if (!line.empty() && line.front() != ' ') path.clear();
        if (std::regex_match(line, match, path_line)) path = match[1];
        if (path.empty() || !std::regex_match(line, match, method_line)) continue;
        std::string method = match[1];
        for (char& c : method) c = static_cast<char>(c - 'a' + 'A');
        found.insert(method + " " + path);
    }
    return found;
}

}  // namespace

TEST_CASE("docs/api.md has every route, and no other") {
    const auto names = api::route_names();
    CHECK(routes_in(text_of_page("api.md")) == Names(names.begin(), names.end()));
}

TEST_CASE("docs/openapi.yaml has every route, and no other") {
    const auto names = api::route_names();
    CHECK(operations_in(text_of_page("openapi.yaml")) == Names(names.begin(), names.end()));
}

TEST_CASE("The check of the operations finds methods of paths only") {
    CHECK(operations_in(
              "paths:\n  /v1/x/{id}:\n    get:\n      a: b\n    delete:\ncomponents:\n    get:\n  x:\n") ==
          Names{"GET /v1/x/{id}", "DELETE /v1/x/{id}"});
}

TEST_CASE("The check of the routes finds rows only") {
    CHECK(routes_in("| `GET /v1/x/{id}` | y |\nthe `POST /v1/y` is\n| `GET` | z |\n") ==
          Names{"GET /v1/x/{id}"});
}

}  // namespace custdkim::test
