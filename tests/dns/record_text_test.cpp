#include "dns/record_text.hpp"

#include <catch2/catch.hpp>

using namespace custdkim;
using dns::QuestionType;

namespace {

std::string line(std::string_view owner, std::uint32_t ttl, const char* type, const char* content) {
    return dns::dig_line({dns::Name::parse(owner).value(), type, ttl, content});
}

}  // namespace

TEST_CASE("A type is read from its mnemonic, in any case, or from its number") {
    CHECK(dns::parse_question_type("TXT").value() == QuestionType::txt);
    CHECK(dns::parse_question_type("cname").value() == QuestionType::cname);
    CHECK(dns::parse_question_type("CAA").value() == QuestionType{257});
    CHECK(dns::parse_question_type("type257").value() == QuestionType{257});
    CHECK(dns::parse_question_type("TYPE65535").value() == QuestionType{65535});
    CHECK(dns::parse_question_type("ANY").value() == QuestionType::any);
}

TEST_CASE("What is no type is refused") {
    for (const char* text :
         {"", "TX", "TXTX", "TYPE", "TYPE65536", "TYPE-1", "TYPE1x", "16", "TTYPE1", "YPE12345"}) {
        CAPTURE(text);
        CHECK(dns::parse_question_type(text).error().code == Errc::invalid);
    }
}

TEST_CASE("A type is written as its mnemonic, if it has one, and is read again as the same") {
    CHECK(dns::question_type_name(QuestionType::https) == "HTTPS");
    CHECK(dns::question_type_name(QuestionType{65280}) == "TYPE65280");
    for (unsigned number = 0; number <= 65535; ++number) {
        const QuestionType type{static_cast<std::uint16_t>(number)};
        if (dns::parse_question_type(dns::question_type_name(type)).value() != type) FAIL_CHECK(number);
    }
}

// What dig 9.18 prints of the same records.
TEST_CASE("A record is a line with dig's columns, whatever the length of owner, TTL and type") {
    CHECK(line("a.example", 300, "A", "1.2.3.4") == "a.example.\t\t300\tIN\tA\t1.2.3.4");
    CHECK(line("s1.acme.example", 300, "TXT", "\"x\"") == "s1.acme.example.\t300\tIN\tTXT\t\"x\"");
    CHECK(line("a.example", 4294967295, "A", "1.2.3.4") == "a.example.\t\t4294967295 IN\tA\t1.2.3.4");
    CHECK(line("s1.acme.example", 300, "TYPE65280", "\\# 0") == "s1.acme.example.\t300\tIN\tTYPE65280 \\# 0");
    CHECK(line(".", 300, "NS", ".") == ".\t\t\t300\tIN\tNS\t.");
    // dig's lines for owners of these lengths, one after the other.
    CHECK(line("aaaaaaaaaaaaaa.example", 300, "A", "1.2.3.4") ==
          "aaaaaaaaaaaaaa.example.\t300\tIN\tA\t1.2.3.4");
    CHECK(line("aaaaaaaaaaaaaaa.example", 300, "A", "1.2.3.4") ==
          "aaaaaaaaaaaaaaa.example. 300\tIN\tA\t1.2.3.4");
    CHECK(line("s1._domainkey.acme.example", 300, "CNAME", "t.") ==
          "s1._domainkey.acme.example. 300\tIN\tCNAME\tt.");
}

TEST_CASE("Characters of an owner are escaped as dig escapes them") {
    CHECK(line("a\\\"b$c@d\\(e\\)f\\;g\\\\h\\032i\\127\\128j", 300, "CNAME", "t.") ==
          "a\\\"b\\$c\\@d\\(e\\)f\\;g\\\\h\\032i\\127\\128j. 300 IN CNAME t.");
}
