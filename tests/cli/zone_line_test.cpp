// Lines of zone files.
#include "cli/zone_line.hpp"

#include <catch2/catch.hpp>

namespace custdkim::test {

namespace {

std::string line(std::string_view owner) {
    std::string out;
    cli::append_zone_line(out, owner, 300, "TXT", "\"x\"");
    return out;
}

}  // namespace

TEST_CASE("A line has the absolute owner, TTL, class, type and content") {
    CHECK(line("s1.q7w2ka.example.net") == "s1.q7w2ka.example.net. 300 IN TXT \"x\"\n");
    CHECK(line("*.example.net") == "*.example.net. 300 IN TXT \"x\"\n");
}

TEST_CASE("An owner that a reader would take for a directive, an origin or a string is escaped") {
    CHECK(line("$ttl.example.net").starts_with("\\$ttl.example.net. "));
    CHECK(line("@.example.net").starts_with("\\@.example.net. "));
    CHECK(line("\"a\".example.net").starts_with("\\\"a\\\".example.net. "));
}

TEST_CASE("What is escaped already stays as it is") {
    CHECK(line("a\\.b\\032c\\;.example.net").starts_with("a\\.b\\032c\\;.example.net. "));
    CHECK(line("a\\$b.example.net").starts_with("a\\$b.example.net. "));
}

TEST_CASE("A zone with a slash in its name fits into one segment of a path (RFC 2317)") {
    CHECK(cli::in_one_segment("0/25.2.0.192.in-addr.arpa") == "0\\04725.2.0.192.in-addr.arpa");
    CHECK(cli::in_one_segment("example.net") == "example.net");
}

}  // namespace custdkim::test
