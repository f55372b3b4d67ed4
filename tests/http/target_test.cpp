#include "http/target.hpp"

#include <catch2/catch.hpp>

namespace custdkim::test {

TEST_CASE("A target is cut at the question mark and decoded, and broken escapes are refused") {
    http::Request request;
    REQUIRE(http::split_target("/v1/keys/b%C3%BCcher.example?after=5&x=a%26b&flag", request).has_value());
    CHECK(request.path ==
          "/v1/keys/b\xC3\xBC"
          "cher.example");
    CHECK(request.query == std::map<std::string, std::string>{{"after", "5"}, {"x", "a&b"}, {"flag", ""}});
    for (const char* broken : {"/%", "/%4", "/%zz", "/%00", "/?a=%", "/?%00=a"}) {
        CHECK_FALSE(http::split_target(broken, request).has_value());
    }
}

TEST_CASE("A target is kept as it was sent, too: an encoded slash is no slash there") {
    http::Request request;
    REQUIRE(http::split_target("/dns/lookup/a%2fb/TXT?x=1", request).has_value());
    CHECK(request.target == "/dns/lookup/a%2fb/TXT?x=1");
    CHECK(request.path == "/dns/lookup/a/b/TXT");
}

TEST_CASE("A parameter that is there twice is refused by name") {
    http::Request request;
    const auto refused = http::split_target("/v1/keys?limit=1&org=acme&li%6Dit=2", request);
    REQUIRE_FALSE(refused.has_value());
    CHECK(refused.error().detail == "the parameter 'limit' is there twice");
}

TEST_CASE("A header that was not sent is empty") {
    http::Request request;
    request.headers["authorization"] = "Bearer x";
    CHECK(request.header("authorization") == "Bearer x");
    CHECK(request.header("cookie").empty());
}

}  // namespace custdkim::test
