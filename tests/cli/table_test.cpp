#include "cli/table.hpp"

#include <catch2/catch.hpp>

namespace custdkim::cli {

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

TEST_CASE("Control characters do not reach the terminal") {
    CHECK(aligned({{"A"}, {std::string("a\033[2Jb\nc")}}) == "A\na?[2Jb?c\n");
}

TEST_CASE("Colours are there where the surface has them") {
    const Rows rows = {{"A", "B"}, {Cell("held", Colour::warning), "x"}};
    CHECK(aligned(rows) == "A     B\nheld  x\n");
    CHECK(aligned(rows, {std::nullopt, true}) ==
          "\033[2mA\033[0m     \033[2mB\033[0m\n\033[33mheld\033[0m  x\n");
}

}  // namespace custdkim::cli
