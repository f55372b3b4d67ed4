#include "base/time.hpp"

#include <catch2/catch.hpp>

using namespace custdkim;
using namespace std::chrono_literals;
using Catch::Matchers::Contains;

namespace {

Timestamp at(long seconds) { return Timestamp(Duration(seconds)); }

}  // namespace

TEST_CASE("A time is written as RFC 3339 in UTC, with leading zeros") {
    CHECK(format_rfc3339(at(0)) == "1970-01-01T00:00:00Z");
    CHECK(format_rfc3339(at(1795320900)) == "2026-11-22T04:15:00Z");
    CHECK(format_rfc3339(at(1709210096)) == "2024-02-29T12:34:56Z");
    CHECK(format_rfc3339(at(253402300799)) == "9999-12-31T23:59:59Z");
}

TEST_CASE("A time before 1970 belongs to the day that it falls in") {
    CHECK(format_rfc3339(at(-1)) == "1969-12-31T23:59:59Z");
}

TEST_CASE("A duration is written in the largest unit that leaves no remainder") {
    CHECK(format_duration(0s) == "0s");
    CHECK(format_duration(59s) == "59s");
    CHECK(format_duration(60s) == "1m");
    CHECK(format_duration(90s) == "90s");
    CHECK(format_duration(36h) == "36h");
    CHECK(format_duration(48h) == "2d");
    CHECK(format_duration(25 * 24h) == "25d");
}

TEST_CASE("A duration is a whole number and one of four units") {
    CHECK(parse_duration("25d").value() == 25 * 24h);
    CHECK(parse_duration("36h").value() == 36h);
    CHECK(parse_duration("15m").value() == 15min);
    CHECK(parse_duration("30s").value() == 30s);
    CHECK(parse_duration("0s").value() == 0s);
    CHECK(parse_duration("007d").value() == 7 * 24h);
}

TEST_CASE("What is written is read back") {
    const long seconds = GENERATE(0L, 1L, 59L, 60L, 3599L, 3600L, 86399L, 86400L, 2160000L, 3153600000L);
    CHECK(parse_duration(format_duration(Duration(seconds))).value() == Duration(seconds));
}

TEST_CASE("Anything else is no duration, and the refusal says how to write one") {
    const std::string text = GENERATE("", "d", "5", "5 d", " 5d", "5d ", "5D", "5w", "5dd", "1d12h", "1.5h",
                                      "-5d", "-0s", "+5d", "0x5d", "five d", "99999999999999999999d");
    const auto read = parse_duration(text);
    INFO("text: '" << text << "'");
    REQUIRE(read.has_error());
    CHECK(to_string(read.error().code) == "invalid");
    CHECK_THAT(read.error().detail, Contains("'" + text + "' is not a duration") && Contains("25d"));
}

TEST_CASE("A duration of more than 100 years is refused, whatever its unit") {
    CHECK(parse_duration("36600d").has_value());
    const std::string text = GENERATE("36601d", "878401h", "3162240001s", "9223372036854775807d");
    const auto read = parse_duration(text);
    REQUIRE(read.has_error());
    CHECK_THAT(read.error().detail, Contains("longer than 100 years"));
}
