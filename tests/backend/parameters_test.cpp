// Reading the parameters of a call.
#include "backend/parameters.hpp"

#include <boost/json/parse.hpp>
#include <catch2/catch.hpp>

#include "base/random.hpp"
#include "dns/name.hpp"

namespace custdkim::test {

using namespace backend;

namespace {

boost::json::object object(std::string_view json) {
    return boost::json::parse({json.data(), json.size()}).as_object();
}

std::string text(const Result<std::string_view>& result) {
    return result ? std::string(*result) : "error: " + result.error().detail;
}

std::string number(std::string_view json) {
    const auto parameters = object("{\"n\":" + std::string(json) + "}");
    const auto result = number_parameter(parameters, "n");
    return result ? std::to_string(*result) : "error: " + result.error().detail;
}

std::string canonical(const std::string& typed) {
    boost::json::object parameters;
    parameters["qname"] = typed;
    std::string scratch = "left over";
    return text(name_parameter(parameters, "qname", scratch));
}

}  // namespace

TEST_CASE("A text parameter is there and is a string") {
    const auto parameters = object(R"({"a": "x", "empty": "", "n": 1, "null": null, "list": ["x"]})");
    CHECK(text(text_parameter(parameters, "a")) == "x");
    CHECK(text(text_parameter(parameters, "empty")) == "");
    CHECK(text(text_parameter(parameters, "b")) == "error: the parameter 'b' is missing");
    CHECK(text(text_parameter(parameters, "A")) == "error: the parameter 'A' is missing");
    for (const char* name : {"n", "null", "list"}) {
        CHECK(text(text_parameter(parameters, name)) ==
              "error: the parameter '" + std::string(name) + "' must be a string");
    }
    CHECK(text_parameter(parameters, "b").error().code == Errc::invalid);
}

TEST_CASE("A number parameter is a whole number however it is written") {
    CHECK(number("0") == "0");
    CHECK(number("-1") == "-1");
    CHECK(number("4294967295") == "4294967295");
    CHECK(number("2024010101.000000") == "2024010101");
    CHECK(number("1e3") == "1000");
    CHECK(number("-0.0") == "0");
    CHECK(number("9223372036854775807") == "9223372036854775807");
    CHECK(number("-9223372036854775808") == "-9223372036854775808");
}

TEST_CASE("Every serial is read right when it is written as a real number") {
    SeededRandom random(20260101);
    for (int i = 0; i < 20000; ++i) {
        const std::string serial = std::to_string(random.below(1ULL << 32));
        if (number(serial + ".000000") != serial)
            FAIL(serial << " was read as " << number(serial + ".000000"));
    }
    CHECK(number("4294967295.000000") == "4294967295");
}

TEST_CASE("What is no whole number or too large to be sure is refused") {
    const std::string json =
        GENERATE("0.5", "1e-3", "18446744073709551615", "9223372036854775808", "1e19", "-1e300",
                 "99999999999999999999999999", "9007199254740993.0", "\"1\"", "null", "true", "[1]", "{}");
    CHECK(number(json) == "error: the parameter 'n' must be a whole number");
}

TEST_CASE("A number parameter that is missing is named") {
    CHECK(number_parameter(object("{}"), "serial").error().detail == "the parameter 'serial' is missing");
}

TEST_CASE("A name parameter comes back canonical") {
    CHECK(canonical("s1.q7w2ka.custdkim.example.net.") == "s1.q7w2ka.custdkim.example.net");
    CHECK(canonical("S1.q7W2kA.Custdkim.EXAMPLE.net.") == "s1.q7w2ka.custdkim.example.net");
    CHECK(canonical("no.trailing.dot") == "no.trailing.dot");
    CHECK(canonical(".") == "");
    CHECK(canonical("") == "");
    CHECK(canonical("*._x-Y.example.") == "*._x-y.example");
}

TEST_CASE("Escapes in a name parameter become canonical as in every other name") {
    const std::string typed = GENERATE("a\\.B.example.", "A\\032b.example.", "\\065.example.",
                                       "x\\\\.example.", "a\\\"b.example", "\\000.example.");
    CHECK(canonical(typed) == dns::Name::parse(typed).value().text());
}

TEST_CASE("An escaped dot at the end of a name is part of its last label") {
    CHECK(canonical("a.b\\.") == dns::Name::parse("a.b\\.").value().text());
}

TEST_CASE("What PowerDNS escapes less than canonical names do is the same name") {
    std::string scratch;
    for (const std::string_view octet : {"\"", ";", "(", ")"}) {
        const std::string asked = "A" + std::string(octet) + "b.example.net.";
        CHECK(canonical_name(asked, scratch).value() == dns::Name::parse(asked).value().text());
    }
}

TEST_CASE("A name with a bad escape is refused") {
    const std::string typed = GENERATE("\\", "a\\", "\\999.example.", "a..\\.b.");
    CHECK(canonical(typed).starts_with("error: "));
}

TEST_CASE("A name with a NUL is refused since it is no name that PowerDNS would send") {
    using namespace std::string_literals;
    CHECK(canonical("s1.q7w2ka\0.custdkim.example.net."s).starts_with("error: "));
    CHECK(canonical("\0"s).starts_with("error: "));
}

TEST_CASE("A name parameter must be there and a string") {
    std::string scratch;
    CHECK(text(name_parameter(object("{}"), "qname", scratch)) == "error: the parameter 'qname' is missing");
    CHECK(text(name_parameter(object(R"({"qname": 1})"), "qname", scratch)) ==
          "error: the parameter 'qname' must be a string");
}

}  // namespace custdkim::test
