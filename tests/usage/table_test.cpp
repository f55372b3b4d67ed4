#include "usage/table.hpp"

#include <catch2/catch.hpp>

namespace custdkim::usage {

TEST_CASE("A column is as wide as its widest cell, in characters") {
    CHECK(aligned({{"NAME", "KIND"}, {"müller", "key"}, {"b", "static"}}) ==
          "NAME    KIND\nmüller  key\nb       static\n");
}

TEST_CASE("What goes into a pipe is never cut") {
    const std::string text(300, 'x');
    CHECK(aligned({{"A", "B"}, {text, text}}) ==
          "A" + std::string(301, ' ') + "B\n" + text + "  " + text + "\n");
}

TEST_CASE("On a terminal the widest column gives way, and ends in an ellipsis") {
    const Surface surface{24, false};
    CHECK(aligned({{"NAME", "WHY"}, {"acme", std::string(40, 'y')}}, surface) ==
          "NAME  WHY\nacme  " + std::string(17, 'y') + "…\n");
    CHECK(aligned({{"N", "W"}, {"ü", std::string(7, 'y') + "üüüüüüüüüüüüüüüüüüüüüüü"}}, surface) ==
          "N  W\nü  yyyyyyyüüüüüüüüüüüüü…\n");
}

TEST_CASE("No column becomes narrower than can be read, however narrow the terminal") {
    CHECK(aligned({{"A", "B"}, {"123456789", "123456789"}}, {3, false}) ==
          "A         B\n1234567…  1234567…\n");
}

TEST_CASE("What verbs are given is never cut, and names lose their middle") {
    const Rows rows = {{{"ID", Give::never}, {"DOMAIN", Give::middle}, "WHY"},
                       {"kmcjifwdv3rdc4zhtpqm", "a-customer-with-a-long-name.example", "because it is so"}};
    CHECK(aligned(rows, {56, false}) ==
          "ID                    DOMAIN            WHY\n"
          "kmcjifwdv3rdc4zhtpqm  a-custom…example  because it is so\n");
}

TEST_CASE("A column may give way before all others") {
    const Rows rows = {{"WHAT", {"MORE", Give::first}}, {"a long sentence about it", "of little interest"}};
    CHECK(aligned(rows, {40, false}) ==
          "WHAT                      MORE\na long sentence about it  of little int…\n");
    CHECK(aligned(rows, {32, false}) == "WHAT                    MORE\na long sentence about…  of litt…\n");
}

TEST_CASE("Times lose their seconds, then the time of day, and are never cut") {
    const Rows rows = {{{"ID", Give::never}, "WHAT", {"AT", Give::time}},
                       {"k1", std::string(30, 'x'), "2026-11-23T12:45:07Z"},
                       {"k2", "y", "never"}};
    CHECK(aligned(rows, {55, false}).find("k1  " + std::string(30, 'x') + "  2026-11-23T12:45Z\n") !=
          std::string::npos);
    CHECK(aligned(rows, {39, false}).find("k1  " + std::string(15, 'x') + "…  2026-11-23T12:45Z\n") !=
          std::string::npos);
    CHECK(aligned(rows, {38, false}).find("k1  " + std::string(21, 'x') + "…  2026-11-23\n") !=
          std::string::npos);
    CHECK(aligned(rows, {200, false}).find("2026-11-23T12:45:07Z\n") != std::string::npos);
}

TEST_CASE("Where nothing else does the last columns go, and the heading says so") {
    const Rows rows = {{{"ID", Give::never}, "NAME", "STATUS", {"AT", Give::time}},
                       {"kmcjifwdv3rdc4zhtpqm", "acme", "inactive", "2026-11-23T12:45:07Z"}};
    CHECK(aligned(rows, {40, false}) ==
          "ID                    NAME  STATUS    …\nkmcjifwdv3rdc4zhtpqm  acme  inactive\n");
    CHECK(aligned(rows, {5, false}) == "ID                    NAME  …\nkmcjifwdv3rdc4zhtpqm  acme\n");
}

TEST_CASE("Control characters do not reach the terminal") {
    CHECK(aligned({{"A"}, {std::string("a\033[2Jb\nc")}}) == "A\na?[2Jb?c\n");
}

TEST_CASE("Colours are there where the surface has them") {
    const Rows rows = {{"A", "B"}, {Cell("held", Colour::warning), "x"}};
    CHECK(aligned(rows) == "A     B\nheld  x\n");
    CHECK(aligned(rows, {std::nullopt, true}) ==
          "\033[2mA\033[0m     \033[2mB\033[0m\n\033[33mheld\033[0m  x\n");
}

}  // namespace custdkim::usage
