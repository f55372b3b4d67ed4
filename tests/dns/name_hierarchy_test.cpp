#include <catch2/catch.hpp>

#include "dns/name.hpp"

using namespace custdkim::dns;

namespace {

Name name(std::string_view text) { return Name::parse(text).value(); }

// What is left of `text` in `zone`, or "-" where it is outside.
std::string relative(std::string_view text, std::string_view zone) {
    return std::string(name(text).relative_to(name(zone)).value_or("-"));
}

}  // namespace

TEST_CASE("A name in a zone is what stands before the zone's name") {
    CHECK(relative("a.b.example.net", "example.net") == "a.b");
    CHECK(relative("A.Example.NET.", "example.net") == "a");
    CHECK(relative("example.net", "example.net").empty());
}

TEST_CASE("Everything is in the root zone") {
    CHECK(relative("a.example.net", ".") == "a.example.net");
    CHECK(relative(".", ".").empty());
}

TEST_CASE("A name outside a zone has no place in it") {
    CHECK(relative("example.org", "example.net") == "-");
    CHECK(relative("net", "example.net") == "-");
    CHECK(relative(".", "example.net") == "-");
    CHECK(relative("badexample.net", "example.net") == "-");
    CHECK(relative("xample.net", "example.net") == "-");
}

TEST_CASE("An escaped dot does not put a name into a zone") {
    CHECK(relative("x\\.example.net", "example.net") == "-");
    CHECK(relative("x\\.example.net", "net") == "x\\.example");
    CHECK(relative("\\.example.net", "example.net") == "-");
    CHECK(relative("x\\\\.example.net", "example.net") ==
          "x\\\\");  // the backslash is escaped, the dot is not
    CHECK(relative("x\\\\\\.example.net", "example.net") == "-");
}

TEST_CASE("The next name up starts behind the first dot that ends a label") {
    CHECK(parent("a.b.c") == "b.c");
    CHECK(parent("c").empty());
    CHECK(parent("").empty());
    CHECK(parent("a\\.b.c") == "c");
    CHECK(parent("a\\\\.c") == "c");
    CHECK(parent("\\032a.c") == "c");
    CHECK(parent("a\\.").empty());
}

TEST_CASE("A host label is made of letters, digits and inner hyphens") {
    const std::string good = GENERATE("a", "A", "0", "a-b", "a--b", "xn--mller-kva", "123");
    CHECK(is_host_label(good));
    const std::string bad = GENERATE("", "-", "-a", "a-", "a_b", "a.b", "a b", "a\\046", "\xc3\xa9", "*");
    CHECK_FALSE(is_host_label(bad));
    CHECK(is_host_label(std::string(63, 'a')));
    CHECK_FALSE(is_host_label(std::string(64, 'a')));
}
