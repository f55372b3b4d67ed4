#include "dns/name.hpp"

#include <ldns/ldns.h>

#include <catch2/catch.hpp>
#include <memory>

using namespace custdkim::dns;
using Catch::Matchers::Contains;

namespace {

Name name(std::string_view text) { return Name::parse(text).value(); }

std::string label(std::size_t length, char c = 'a') { return std::string(length, c); }

// A name of exactly this many octets on the wire, 63 to 255 of them, in labels of up to 63.
std::string name_of_wire_length(std::size_t octets) {
    std::string text;
    for (std::size_t left = octets - 1; left > 0;) {
        // No label may be left with a single octet, which would be its length alone.
        const std::size_t take = left == 65 ? 63 : std::min<std::size_t>(left, 64);
        text += (text.empty() ? "" : ".") + label(take - 1);
        left -= take;
    }
    return text;
}

std::size_t ldns_wire_length(const std::string& text) {
    const std::unique_ptr<ldns_rdf, void (*)(ldns_rdf*)> rdf(ldns_dname_new_frm_str(text.c_str()),
                                                             &ldns_rdf_deep_free);
    REQUIRE(rdf);
    return ldns_rdf_size(rdf.get());
}

}  // namespace

TEST_CASE("A name compares equal whatever its letter case and trailing dot") {
    CHECK(name("Acme.EXAMPLE.") == name("acme.example"));
    CHECK(name("acme.example") != name("acme.example.net"));
}

TEST_CASE("A name is kept as lower-case text without a trailing dot") {
    CHECK(name("S1._DomainKey.Acme.Example.").text() == "s1._domainkey.acme.example");
    CHECK(name("*.acme.example").text() == "*.acme.example");
}

TEST_CASE("The root is the empty text") {
    CHECK(name(".").is_root());
    CHECK(name(".").text().empty());
    CHECK(name(".") == Name());
    CHECK(Name().wire_length() == 1);
    CHECK(Name().label_count() == 0);
}

TEST_CASE("Each octet has one spelling, whichever escape it was written with") {
    CHECK(name("a\\046b.c").text() == "a\\.b.c");
    CHECK(name("a\\.b.c").text() == "a\\.b.c");
    CHECK(name("\\065.c").text() == "a.c");            // an escaped capital letter is a letter
    CHECK(name("\"a\\\".c").text() == "\\\"a\\\".c");  // a quote, which may begin a string in a zone file
    CHECK(name("a b.c") == name("a\\032b.c"));
    CHECK(name("\\x.c") == name("x.c"));
    CHECK(name("a\\\\.c").text() == "a\\\\.c");
    CHECK(name("\\200\\000.c").text() == "\\200\\000.c");
}

TEST_CASE("Canonical text reads back as the same name") {
    const std::string text =
        GENERATE("a", "a\\.b.c", "a\\\\.c", "a\\.", "\\\\\\.x.y", "\\000\\255.x", "\\(\\)\\;.x", "a\"$@.x");
    const Name once = name(text);
    CHECK(name(once.text()) == once);
    CHECK(name(once.text() + ".") == once);
}

TEST_CASE("What is no name is refused, and the refusal shows it") {
    const std::string text = GENERATE("", "..", ".a", "a..b", "a..", "\\999.c", "\\25.c", "a\\");
    const auto parsed = Name::parse(text);
    INFO("text: '" << text << "'");
    REQUIRE(parsed.has_error());
    CHECK(to_string(parsed.error().code) == "invalid");
    CHECK_THAT(parsed.error().detail, Contains("'" + text + "' is not a domain name"));
}

TEST_CASE("A NUL does not hide what stands behind it") {
    using namespace std::string_view_literals;
    CHECK(Name::parse("acme.example\0.evil"sv).has_error());
    CHECK(Name::parse("\0"sv).has_error());
}

TEST_CASE("A refusal does not repeat a text of any length") {
    const auto parsed = Name::parse(label(100000));
    REQUIRE(parsed.has_error());
    CHECK(parsed.error().detail.size() < 200);
}

TEST_CASE("A label has at most 63 octets, escaped or not") {
    CHECK(Name::parse(label(63) + ".x").has_value());
    CHECK(Name::parse(label(64) + ".x").has_error());
    std::string escaped;
    for (int i = 0; i < 63; ++i) escaped += "\\046";
    CHECK(name(escaped + ".x").wire_length() == 64 + 2 + 1);
    CHECK(Name::parse(escaped + "a.x").has_error());
}

TEST_CASE("A name has at most 255 octets on the wire") {
    CHECK(name(name_of_wire_length(255)).wire_length() == 255);
    CHECK(Name::parse(name_of_wire_length(256)).has_error());
}

TEST_CASE("The wire length is the one that ldns gives the name") {
    const std::string text = GENERATE("a", "a.b", "s1._domainkey.acme.example", "a\\.b.c", "a\\\\.c",
                                      "\\200.x", "a\\032b.example", "xn--mller-kva.example");
    CHECK(name(text).wire_length() == ldns_wire_length(text));
    const std::size_t octets = GENERATE(64U, 65U, 66U, 128U, 129U, 130U, 253U, 254U, 255U);
    const std::string filler = name_of_wire_length(octets);
    CHECK(name(filler).wire_length() == octets);
    CHECK(ldns_wire_length(filler) == octets);
}

TEST_CASE("Labels are counted between dots that are not escaped") {
    CHECK(name("a").label_count() == 1);
    CHECK(name("a.b.c").label_count() == 3);
    CHECK(name("a\\.b.c").label_count() == 2);
    CHECK(name("a\\\\.b").label_count() == 2);
}
