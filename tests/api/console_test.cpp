// The console's files: how they are served. What is in them is tested in a browser, in tests/console.
#include <catch2/catch.hpp>
#include <fstream>
#include <iterator>
#include <regex>

#include "api/console.hpp"
#include "api/console_files.hpp"

namespace custdkim::test {

namespace {

http::Response get(const std::string& path, const std::string& method = "GET", const std::string& tag = "") {
    static const api::Console console({});
    http::Request request;
    request.method = method;
    request.path = path;
    if (!tag.empty()) request.headers["if-none-match"] = tag;
    return console.handle(request);
}

std::string header(const http::Response& response, const std::string& name) {
    for (const auto& [each, value] : response.headers) {
        if (each == name) return value;
    }
    return "";
}

// What the page names: "0123456789ab/main.js".
std::vector<std::string> named_in(const std::string& page) {
    const std::regex link(R"lit((?:href|src)="([0-9a-f]{12}/[^"]+)")lit");
    std::vector<std::string> found;
    for (std::sregex_iterator at(page.begin(), page.end(), link), end; at != end; ++at)
        found.push_back((*at)[1]);
    return found;
}

}  // namespace

TEST_CASE("The root leads to the console, and a page that names its version is there") {
    for (const char* path : {"/", "/console"}) {
        CHECK(get(path).status == 302);
        CHECK(header(get(path), "Location") == "/console/");
    }
    const auto page = get("/console/");
    REQUIRE(page.status == 200);
    CHECK(page.content_type == "text/html; charset=utf-8");
    CHECK(page.body.find('{') == std::string::npos);
    const auto named = named_in(page.body);
    REQUIRE(named.size() > 10);  // every module, so that a browser asks for all at once
    for (const std::string& file : named) {
        CAPTURE(file);
        const auto response = get("/console/" + file);
        CHECK(response.status == 200);
        CHECK(header(response, "Cache-Control") == "public, max-age=31536000, immutable");
    }
}

TEST_CASE("A browser that has the page is told that it is still the same") {
    const auto page = get("/console/");
    const std::string tag = header(page, "ETag");
    CHECK(tag.size() == 14);
    CHECK(header(page, "Cache-Control") == "no-cache");
    CHECK(get("/console/", "GET", tag).status == 304);
    CHECK(get("/console/", "GET", tag).body.empty());
    CHECK(get("/console/", "GET", "\"000000000000\"").status == 200);
}

TEST_CASE("Every file of the console forbids all but our own files") {
    const std::string version = header(get("/console/"), "ETag").substr(1, 12);
    REQUIRE(api::console_files().size() > 10);
    for (const api::ConsoleFile& file : api::console_files()) {
        const std::string name(file.path.substr(std::string_view("api/console/").size()));
        const auto response = get(name == "index.html" ? "/console/" : "/console/" + version + "/" + name);
        CAPTURE(name);
        REQUIRE(response.status == 200);
        CHECK(header(response, "X-Content-Type-Options") == "nosniff");
        const std::string policy = header(response, "Content-Security-Policy");
        CHECK(policy.starts_with(
            "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'"));
        CHECK(policy.find("unsafe") == std::string::npos);
        CHECK(response.content_type != "application/octet-stream");
    }
}

TEST_CASE("What is not there is not there, and files are only read") {
    for (const char* path : {"/console/x", "/console/main.js", "/console/000000000000/main.js",
                             "/console/../api", "/console/index.html", "/console//"}) {
        CHECK(get(path).status == 404);
    }
    CHECK(get("/console/", "POST").status == 405);
    CHECK(get("/console/", "HEAD").status == 200);
}

TEST_CASE("The page is told whether there is a lab, and whether a token is needed") {
    http::Request request;
    request.method = "GET";
    request.path = "/console/about.json";
    CHECK(api::Console({}).handle(request).body == R"({"lab":false,"token":true})");
    CHECK(api::Console({true, false}).handle(request).body == R"({"lab":true,"token":false})");
}

TEST_CASE("No file of the console turns a string into markup or code, or asks others") {
    const std::regex forbidden(
        R"(innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function|https?://|\son\w+=")");
    for (const api::ConsoleFile& file : api::console_files()) {
        if (file.path.find("/vendor/") != std::string_view::npos) continue;
        const std::string text(file.text);
        std::smatch found;
        CAPTURE(file.path);
        if (std::regex_search(text, found, forbidden)) {
            // The picture in the page's own tab has a namespace, which looks like an address.
            CHECK(found.suffix().str().starts_with("www.w3.org/2000/svg"));
        }
    }
}

}  // namespace custdkim::test
