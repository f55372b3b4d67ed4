// Names in wire form, types and codes, zone texts.
#include <catch2/catch.hpp>

#include "lab/wire/zone_text.hpp"

namespace custdkim::lab::test {

namespace {

WireName name(std::string_view text) { return wire_name(text).value(); }

}  // namespace

TEST_CASE("A name keeps its case and is compared without it") {
    CHECK(to_text(name("A.Example")) == "A.Example.");
    CHECK(fold_case(name("A.Example")) == name("a.example."));
    CHECK(to_text(name(".")) == ".");
    CHECK(label_count(name(".")) == 0);
    CHECK(label_count(name("a.b.c")) == 3);
    CHECK(parent(name("a.b")) == name("b"));
    CHECK(parent(name(".")) == name("."));
    CHECK(to_text(name("a\\.b\\032c.example")) == "a\\.b\\032c.example.");
    CHECK(label_count(name("a\\.b.example")) == 2);
}

TEST_CASE("What is below a name is told by whole labels") {
    CHECK(is_at_or_below(name("a.example"), name("example")));
    CHECK(is_at_or_below(name("example"), name("example")));
    CHECK(is_at_or_below(name("example"), name(".")));
    CHECK_FALSE(is_at_or_below(name("example"), name("a.example")));
    CHECK_FALSE(is_at_or_below(name("bexample"), name("example")));
    CHECK_FALSE(is_at_or_below(name("a.other"), name("example")));
}

TEST_CASE("What is no name is refused") {
    for (const std::string_view text : {"", "a..b", ".a", "a\\300.example"})
        CHECK(wire_name(text).has_error());
    CHECK(wire_name(std::string(64, 'a') + ".example").has_error());
    CHECK(wire_name(std::string("a\0b", 3)).has_error());
}

TEST_CASE("Types and response codes have their names") {
    CHECK(type_name(type::cname) == "CNAME");
    CHECK(type_name(65280) == "TYPE65280");
    CHECK(parse_type("HTTPS") == type::https);
    CHECK(parse_type("TYPE65280") == 65280);
    CHECK_FALSE(parse_type("NOTYPE"));
    CHECK(parse_rcode("SERVFAIL") == rcode::servfail);
    CHECK(parse_rcode("BADVERS") == rcode::badvers);
    CHECK(rcode_name(rcode::notimp) == "NOTIMP");
    CHECK(parse_rcode("NOTIMP") == rcode::notimp);
    CHECK_FALSE(parse_rcode("NOTIMPL"));
    CHECK_FALSE(parse_rcode("FINE"));
    CHECK(rcode_name(77) == "RCODE77");
}

TEST_CASE("A zone text is read with its conflicts, and written again") {
    const auto records = parse_zone_text(
                             "s1 CNAME Target.Keys.example.\ns1 TXT \"a;b\" c\ns1 CNAME other\n"
                             "@ 60 A 192.0.2.1\n",
                             "acme.example", name("acme.example"))
                             .value();
    CHECK(zone_text(records) ==
          "s1.acme.example. 300 IN CNAME Target.Keys.example.\n"
          "s1.acme.example. 300 IN TXT \"a;b\" \"c\"\n"
          "s1.acme.example. 300 IN CNAME other.acme.example.\n"
          "acme.example. 60 IN A 192.0.2.1\n");
}

TEST_CASE("A zone text that cannot be read is refused with its line") {
    const auto said = [](std::string_view text) {
        return parse_zone_text(text, "acme.example", name("acme.example")).error().detail;
    };
    CHECK(said("@ A 192.0.2.1\n@ A not-an-address\n").find("acme.example:2: ") == 0);
    CHECK(said("@ CH TXT hello\n") == "acme.example:1: only class IN is served");
    CHECK(said("@ TXT \"open\n").find("acme.example:1: ") == 0);
}

}  // namespace custdkim::lab::test
