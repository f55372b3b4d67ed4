// What is expected: how it is written, filled in, and compared with an answer.
#include <catch2/catch.hpp>

#include "lab/catalogue/expected_match.hpp"
#include "lab/catalogue/expected_text.hpp"

namespace custdkim::lab::test {

namespace {

Expected expected(std::string_view text) { return parse_expected(text).value(); }

std::string problem(std::string_view text) {
    const auto read = parse_expected(text);
    return read ? "none" : read.error().detail;
}

Message answer(std::uint16_t rcode, const std::vector<std::array<std::string, 3>>& records) {
    Message message;
    message.response = true;
    message.rcode = rcode;
    message.edns.emplace();
    for (const auto& [owner, type, text] : records) {
        const std::uint16_t number = parse_type(type).value();
        message.answer.push_back({wire_name(owner).value(), number, 300, parse_rdata(number, text).value()});
    }
    return message;
}

const std::array<std::string, 3> alias{"s1.acme.example", "CNAME", "S1.Keys.example."};
const std::array<std::string, 3> key{"s1.keys.example", "TXT", "\"v=DKIM1; \" \"p=abc\""};

}  // namespace

TEST_CASE("An expectation is read and written in the words of the files") {
    for (const char* const text :
         {"NODATA", "NXDOMAIN", "NXDOMAIN | CNAME {target1}.{domain}.", "SERVFAIL EDE 7",
          "NOERROR AD EDE 0 | CNAME a\\.b\\032. | TXT v=DKIM1\\; p=x y | TXT *", "REFUSED"}) {
        CHECK(to_text(expected(text)) == text);
    }
    CHECK(expected("NODATA").rcode == "NOERROR");
    CHECK(expected("NOERROR | TXT a b").records[0].content == "a b");
}

TEST_CASE("An expectation that does not read is refused") {
    CHECK(problem("").find("is no response code") != std::string::npos);
    CHECK(problem("NOERROR") == "NOERROR without a record is written NODATA");
    CHECK(problem("NODATA | TXT x") == "NODATA comes without records; write NOERROR");
    CHECK(problem("SERVFAIL EDE").find("'EDE' is not known here") != std::string::npos);
    CHECK(problem("SERVFAIL EDE x7").find("has no number") != std::string::npos);
    CHECK(problem("SERVFAIL EDE 70000").find("has no number") != std::string::npos);
    CHECK(problem("NOERROR AA | TXT x").find("'AA' is not known here") != std::string::npos);
    CHECK(problem("NOERROR | TXT").find("'TXT' has no content") != std::string::npos);
    CHECK(problem("NOERROR | NAME x").find("'NAME' is no record type") != std::string::npos);
    CHECK(problem("NOERROR | TXT x | ").find("has no content") != std::string::npos);
}

TEST_CASE("An answer fits with its names in any case, its records in any order, and its strings joined") {
    const Expected alias_and_key = expected("NOERROR | CNAME s1.keys.EXAMPLE. | TXT v=DKIM1; p=abc");
    CHECK(difference(alias_and_key, answer(0, {alias, key})) == std::nullopt);
    CHECK(difference(alias_and_key, answer(0, {key, alias})) == std::nullopt);
    CHECK(difference(expected("NXDOMAIN"), answer(3, {})) == std::nullopt);
    CHECK(difference(expected("NODATA"), answer(0, {})) == std::nullopt);
}

TEST_CASE("What differs is said in one line") {
    CHECK(difference(expected("NOERROR | CNAME other.example."), answer(0, {alias})) ==
          "expected NOERROR | CNAME other.example., was NOERROR | CNAME S1.Keys.example.");
    CHECK(difference(expected("NXDOMAIN"), answer(0, {})) == "expected NXDOMAIN, was NODATA");
    const Message line_breaks = answer(0, {{"a.example", "TXT", "\"one\\010two\""}});
    CHECK(difference(expected("NODATA"), line_breaks) == "expected NODATA, was NOERROR | TXT one\\010two");
}

TEST_CASE("A record too many, too few, twice, or with capitals in a TXT does not fit") {
    const Expected alone = expected("NOERROR | CNAME s1.keys.example.");
    CHECK(difference(alone, answer(0, {alias, key})));
    CHECK(difference(alone, answer(0, {alias, alias})));
    CHECK(difference(alone, answer(0, {})));
    CHECK(difference(expected("NOERROR | TXT v=dkim1; p=abc"), answer(0, {key})));
    CHECK(difference(expected("NOERROR | TXT v=DKIM1; p=abc | TXT v=DKIM1; p=abc"), answer(0, {key})));
}

TEST_CASE("Any TXT fits a star, after those that are named have chosen") {
    const std::array<std::string, 3> old{"s1.acme.example", "TXT", "\"old\""};
    const Expected two = expected("NOERROR | TXT * | TXT old");
    CHECK(difference(two, answer(0, {old, key})) == std::nullopt);
    CHECK(difference(two, answer(0, {key, old})) == std::nullopt);
    CHECK(difference(expected("NOERROR | TXT *"), answer(0, {alias})));
}

TEST_CASE("Signatures are not looked at; AD always, an extended error where one is expected") {
    Message signed_answer = answer(0, {alias});
    signed_answer.answer.push_back({signed_answer.answer[0].owner, type::rrsig, 300, "any"});
    signed_answer.authentic = true;
    CHECK(difference(expected("NOERROR AD | CNAME s1.keys.example."), signed_answer) == std::nullopt);
    CHECK(difference(expected("NOERROR | CNAME s1.keys.example."), signed_answer));
    Message bogus = answer(rcode::servfail, {});
    CHECK(difference(expected("SERVFAIL EDE 7"), bogus) == "expected SERVFAIL EDE 7, was SERVFAIL");
    add_extended_error(*bogus.edns, 7, "signature expired");
    CHECK(difference(expected("SERVFAIL EDE 7"), bogus) == std::nullopt);
    CHECK(difference(expected("SERVFAIL"), bogus) == std::nullopt);
    CHECK(difference(expected("SERVFAIL EDE 6"), bogus));
}

TEST_CASE("Escaped octets of a name are compared as octets") {
    const Message odd = answer(0, {{"a.example", "CNAME", "s1.keys.example\\032."}});
    CHECK(difference(expected("NOERROR | CNAME s1.keys.example\\032."), odd) == std::nullopt);
    CHECK(difference(expected("NOERROR | CNAME s1.keys.example."), odd));
}

}  // namespace custdkim::lab::test
