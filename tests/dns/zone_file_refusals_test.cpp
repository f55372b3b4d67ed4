#include <catch2/catch.hpp>

#include "dns/zone_file.hpp"

using namespace custdkim;
using Catch::Matchers::Contains;
using Catch::Matchers::StartsWith;

namespace {

std::string refusal(std::string_view text) {
    const auto records = dns::read_zone_text(text, "apex.zone", dns::Name::parse("example.net").value(), 300);
    INFO("text: " << text);
    REQUIRE(records.has_error());
    CHECK(to_string(records.error().code) == "invalid");
    return records.error().detail;
}

}  // namespace

TEST_CASE("A refusal names the line, past blank lines and comments") {
    CHECK_THAT(refusal("a A bad\n"), StartsWith("apex.zone:1: "));
    CHECK_THAT(refusal("a A 192.0.2.1\nb A bad\n"), StartsWith("apex.zone:2: "));
    CHECK_THAT(refusal("a A 192.0.2.1 ; fine\n\n; a comment\n  ; and another\n\nb A bad\n"),
               StartsWith("apex.zone:6: "));
    CHECK_THAT(refusal("$TTL 60\n\na A 192.0.2.1\nb A bad"), StartsWith("apex.zone:4: "));
}

TEST_CASE("A record of several lines is named by its first, and the lines are counted on") {
    const std::string several = "@ CAA ( 0\n issue ; (\n\"ca.example\" )\n";
    CHECK_THAT(refusal(several + "b A bad\n"), StartsWith("apex.zone:4: "));
    CHECK_THAT(refusal("a A 192.0.2.1\n@ MX ( ten\n mail )\n"), StartsWith("apex.zone:2: "));
}

TEST_CASE("Only class IN is served") {
    const std::string text = GENERATE("@ CH TXT \"x\"\n", "@ 60 HS A 192.0.2.1\n");
    CHECK(refusal(text) == "apex.zone:1: only class IN is served");
}

TEST_CASE("$INCLUDE is refused") {
    CHECK(refusal("a A 192.0.2.1\n$INCLUDE other.zone\n") == "apex.zone:2: $INCLUDE is not supported here");
}

TEST_CASE("A directive that is unknown or unclear is refused") {
    CHECK_THAT(refusal("$FOO x\n"),
               Contains("$FOO is not a directive; there are $ORIGIN, $TTL, $INCLUDE and $GENERATE"));
    CHECK_THAT(refusal("$TTL\n"), Contains("$TTL needs a number"));
    CHECK_THAT(refusal("$TTL soon\na A 192.0.2.1\n"), Contains("$TTL needs a number"));
    CHECK_THAT(refusal("$ORIGIN sub\na A 192.0.2.1\n"), Contains("$ORIGIN needs an absolute name"));
    CHECK_THAT(refusal("$ORIGIN\n"), Contains("$ORIGIN needs an absolute name"));
}

TEST_CASE("A parenthesis that is left open does not swallow the records behind it") {
    CHECK(refusal("c A 192.0.2.1\n@ TXT ( \"a\"\nb A 192.0.2.1\n") ==
          "apex.zone:2: a parenthesis is not closed");
    CHECK(refusal("a TXT \"a\" )\n") == "apex.zone:1: a parenthesis closes nothing");
}

TEST_CASE("A quote that is left open is refused") {
    CHECK(refusal("a TXT \"open\nb A 192.0.2.1\n") == "apex.zone:1: a quote is not closed");
    CHECK(refusal("a TXT \"open \\\"") == "apex.zone:1: a quote is not closed");
}

TEST_CASE("A zone file with a NUL is refused, so that nothing hides behind it") {
    using namespace std::string_view_literals;
    CHECK(refusal("a A 192.0.2.1\nb\0c A 192.0.2.1\n"sv) == "apex.zone:2: a NUL character");
}

TEST_CASE("Records that miss something, or have too much, are refused") {
    const std::string text =
        GENERATE("a\n", "a A\n", "a MX 10\n", "a TXT\n", "a A 192.0.2.1 more\n", "a A 2001:db8::1\n",
                 "a BOGUS data\n", "a.. A 192.0.2.1\n", "a A 192.0.2.300\n");
    CHECK_THAT(refusal(text), StartsWith("apex.zone:1: "));
}

TEST_CASE("An owner that ldns ends elsewhere than we do is refused") {  // found by fuzzing
    constexpr char text[] =
        "@a.b\273I\134\042q\134\042\042 36 ::2 ; a coyy hs pd\031\01160 TXT \042se\362N AAAA ::2 "
        "; a \000\000\000\000\000\000\000comment\012\01160 TXT \042semi;colon\042\035\042a \134"
        "\042q\134\042\042 36 ::2 ; a coyy hs pd\031\01160 TXT \042se\362i;colon\042 \042a \134"
        "\042q\134\042\042 3600$G\37700";
    CHECK_THAT(refusal({text, sizeof text - 1}), StartsWith("apex.zone:1: the owner"));
}

TEST_CASE("What is no type is refused in a list of types, too") {  // found by fuzzing: ldns makes it type 0
    constexpr const char* remedy =
        "apex.zone:1: a list of types has a word that is no type; write it like TXT or TYPE65280";
    CHECK(refusal("a NSEC b A SG NS\n") == remedy);
    CHECK(refusal("a CSYNC 66 3 A TYPE0\n") == remedy);
    CHECK(refusal("a NSEC3 1 0 0 - 0123456789abcdefghijklmnopqrstuv nonsense\n") == remedy);
}

TEST_CASE("A number that its field has no room for is refused") {  // ldns drops its upper bits
    const auto [text, told] = GENERATE(table<std::string, std::string>(
        {{"a MX 65546 mail\n", "65546 is too large; 65535"},
         {"a SRV 1 2 70000 b\n", "70000 is too large; 65535"},
         {"a CAA 256 issue x\n", "256 is too large; 255"},
         {"a SSHFP 1 5280 0123\n", "5280 is too large; 255"},
         {"@ SOA a b 4294967296 1 1 1 1\n", "4294967296 is too large; 4294967295"},
         {"@ SOA a b 1 99999999999999999999999 1 1 1\n", "99999999999999999999999 is too large; 4294967295"},
         {"a MX 18446744073709551626 mail\n", "18446744073709551626 is too large; 65535"}}));
    CHECK(refusal(text) == "apex.zone:1: the number " + told + " is the largest here");
}

TEST_CASE("Data as octets are all data of a record") {
    constexpr const char* remedy =
        "apex.zone:1: \\# stands in front of all data of a record, followed by a space; put a string that "
        "begins so "
        "into quotes";
    CHECK(refusal("a CSYNC 62 \\# am e\n") == remedy);
    CHECK(refusal("a TXT one \\#two\n") == remedy);
    CHECK(refusal("a TXT \\#one\n") == remedy);
}

TEST_CASE("Octets are as many as they are said to be, in hexadecimal digits") {
    const std::string data =
        GENERATE(as<std::string>{}, "", " -", " b", " 1", " 1 0", " 1 000", " 2 00", " 1 0g", " -1 00",
                 " .W e F@@ NS N", " 1x 00", " 99999999999999999999999 00");
    const std::string type = GENERATE("TYPE26", "TYPE65280", "A", "ALIAS");
    CHECK(refusal("a " + type + " \\#" + data + "\n") ==
          "apex.zone:1: octets are written like \\# 3 0a0b0c: how many there are, and two hexadecimal digits "
          "for each");
}

TEST_CASE("Octets that are too few for their type are refused") {
    CHECK(refusal("a APL \\# 0\n") == "apex.zone:1: the data are not those of a APL");
    CHECK(refusal("a TYPE42 \\# 0\n") == "apex.zone:1: the data are not those of a TYPE42");
    CHECK(refusal("a ALIAS \\# 0\n") == "apex.zone:1: the data are not those of a ALIAS");
    CHECK(refusal("a DS 3 13 2 \f\n") == "apex.zone:1: the data are not those of a DS");
    CHECK(refusal("a TLSA 3 1 1 \v\n") == "apex.zone:1: the data are not those of a TLSA");
    CHECK(refusal("a CDNSKEY \\# 3 0a0b0c\n") == "apex.zone:1: the data are not those of a CDNSKEY");
}

TEST_CASE("A record without data is refused, whatever its type") {
    for (const std::string type : {"TA", "A", "TYPE65280", "ALIAS"}) {
        CHECK(refusal("a " + type + "\n") == "apex.zone:1: " + type + " needs data");
    }
}

TEST_CASE("Labels and names that are too long are refused") {
    CHECK_THAT(refusal(std::string(64, 'a') + " A 192.0.2.1\n"), StartsWith("apex.zone:1: "));
    std::string long_name;
    for (int i = 0; i < 4; ++i) long_name += std::string(60, 'a') + ".";
    CHECK_THAT(refusal(long_name + "aaa A 192.0.2.1\n"),
               StartsWith("apex.zone:1: "));  // relative: the origin is added
    for (const std::string type : {"NS ", "MX 10 ", "SRV 1 2 25 ", "ALIAS ", "HTTPS 1 "}) {
        CHECK(refusal("a " + type + long_name + "aaa\n") ==
              "apex.zone:1: a name in the data has more than 255 octets; a dot at its end keeps example.net. "
              "from "
              "being added to it");
    }
    const auto with_dot = dns::read_zone_text("a NS " + long_name + "aaa.\n", "apex.zone",
                                              dns::Name::parse("example.net").value(), 300);
    CHECK(with_dot.has_value());
}

TEST_CASE("$GENERATE is bounded, and refused where it is not clear") {
    CHECK_THAT(refusal("$GENERATE 0-65536 a$ A 192.0.2.1\n"),
               StartsWith("apex.zone:1: $GENERATE may make 65536"));
    for (const char* range : {"1", "1-", "5-1", "1-2/", "1-2/0", "a-b", "-1-2", "1-2147483648", "1-2-3"}) {
        INFO(range);
        CHECK_THAT(refusal("$GENERATE " + std::string(range) + " a$ A 192.0.2.1\n"),
                   Contains("is not a range"));
    }
    for (const char* owner : {"${", "${}", "${x}", "${0,64}", "${0,1,n}", "${-9}", "${0,1,d,}"}) {
        INFO(owner);
        CHECK_THAT(refusal("$GENERATE 1-2 " + std::string(owner) + " A 192.0.2.1\n"),
                   StartsWith("apex.zone:1: "));
    }
    CHECK_THAT(refusal("$GENERATE 1-2 a$\n"), StartsWith("apex.zone:1: "));
}

TEST_CASE("Types that exist in questions only are refused") {
    const std::string type =
        GENERATE("ANY", "AXFR", "OPT", "TYPE0", "TYPE41", "TYPE250", "TYPE65536", "TSIG");
    CHECK_THAT(refusal("a " + type + " \\# 0\n"), StartsWith("apex.zone:1: "));
}

TEST_CASE("A TTL has 31 bits") {
    CHECK(refusal("a 2147483648 A 192.0.2.1\n") == "apex.zone:1: a TTL has 2147483647 seconds at most");
    CHECK_THAT(refusal("$TTL 99999999999999999999\n"), Contains("$TTL needs a number"));
    CHECK_THAT(refusal("a 99999999999999999999w A 192.0.2.1\n"), Contains("a TTL has"));
}
