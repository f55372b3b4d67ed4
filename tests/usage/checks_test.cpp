#include "usage/checks.hpp"

#include <catch2/catch.hpp>

#include "base/time.hpp"

namespace custdkim::usage {

namespace {

// What is said of a value; "" if nothing.
std::string refusal(const CLI::Validator& check, std::string value) { return check(value); }

// What is said of a command line.
std::string refusal(std::vector<std::string> words) {
    CLI::App program("A program", "small");
    CLI::App* const verb = program.add_subcommand("show", "Show it");
    std::string id, org, text, file;
    verb->add_option("ID", id)->required();
    verb->add_option("--org", org)->type_name("ORG");
    verb->add_option("--description", text)->type_name("TEXT");
    verb->add_option("--output", file)->type_name("FILE");
    refuse_empty(program);
    std::reverse(words.begin(), words.end());
    try {
        program.parse(words);
    } catch (const CLI::ParseError& error) {
        return error.what();
    }
    return "";
}

}  // namespace

TEST_CASE("A whole number is decimal digits, within its bounds") {
    const auto check = whole_number(1, 65535);
    for (const char* const fine : {"1", "53", "65535", "007"}) CHECK(refusal(check, fine).empty());
    for (const char* const wrong : {"0", "65536", "-1", "+1", "1.5", "1e3", "0x10", " 1", "1 ", "", "many",
                                    "99999999999999999999999"}) {
        CHECK(refusal(check, wrong) ==
              "'" + std::string(wrong) + "' must be a whole number, from 1 to 65535");
    }
    CHECK(refusal(whole_number(1, INT64_MAX), "0") == "'0' must be a whole number, 1 or more");
}

TEST_CASE("A word that is none of those there are is told, with all of them") {
    CHECK(refusal(one_of({"red", "blue"}), "blue").empty());
    CHECK(refusal(one_of({"red", "blue"}), "Blue") == "'Blue' is none of red, blue");
}

TEST_CASE("What a value's own reader refuses is wrong usage, with its sentence") {
    CHECK(refusal(checked_by(parse_duration), "5m").empty());
    CHECK(refusal(checked_by(parse_duration), "soon") == parse_duration("soon").error().detail);
}

TEST_CASE("Arguments and options are not empty, but for files and free text") {
    CHECK(refusal({"show", "k1", "--org", "acme"}).empty());
    CHECK(refusal({"show", ""}) == "ID: must not be empty");
    CHECK(refusal({"show", "k1", "--org", ""}) == "--org: must not be empty");
    CHECK(refusal({"show", "k1", "--description", "", "--output", ""}).empty());
}

}  // namespace custdkim::usage
