#include <algorithm>
#include <catch2/catch.hpp>
#include <sstream>

#include "small_program.hpp"
#include "usage/manual.hpp"

namespace custdkim::usage {

namespace {

std::string part(const std::string& name) {
    const test::SmallProgram program;
    const std::string mark = "<!-- generated: " + name + " -->\n", end = "<!-- /generated -->";
    const auto filled = fill_manual(program.app, "before\n" + mark + "old text\n" + end + "\nbehind\n");
    REQUIRE(filled.has_value());
    REQUIRE(filled->starts_with("before\n" + mark));
    REQUIRE(filled->ends_with(end + "\nbehind\n"));
    const std::size_t begin = filled->find(mark) + mark.size();
    return filled->substr(begin, filled->find(end) - begin);
}

}  // namespace

TEST_CASE("The synopsis has all verbs that can be called, in one line each where that fits") {
    CHECK(part("synopsis") == R"(
    small thing make THING [--colour COLOUR] [--output FILE] [--paints COLOUR[,COLOUR]...] [--gloss on|off]
                     [--wait[=DURATION]] [COMMON OPTIONS]
    small look [COMMON OPTIONS]
    small completion SHELL
    small --version
    small [VERB] --help

)");
}

TEST_CASE("A verb has what its help says: the sentence, the text, its own options") {
    const std::string verbs = part("verbs");
    CHECK(verbs.find("### small thing make THING\n\nMake a thing.\n\nIt takes `long`.\n\nAnd long again.\n\n"
                     "`THING`\n: What to make.\n\n"
                     "`--colour COLOUR`\n: `red` or `blue`, see [colours](colours.md).\n\n") !=
          std::string::npos);
    CHECK(verbs.find("--json") == std::string::npos);
    CHECK(verbs.find("--secret") == std::string::npos);
}

TEST_CASE("Options that several verbs have stand there once, with default and environment") {
    CHECK(part("options") ==
          "\n### Common options\n\n`--json`\n: Print JSON.\n\n"
          "`--url URL`\n: Where it is. Default: `http://127.0.0.1`. `SMALL_URL` stands in for it.\n\n");
}

TEST_CASE("Examples are gathered") {
    CHECK(part("examples").find("\n    small thing make one\n") != std::string::npos);
}

TEST_CASE("Marks that are wrong are refused") {
    const test::SmallProgram program;
    CHECK(fill_manual(program.app, "<!-- generated: nothing -->\n<!-- /generated -->").error().detail ==
          "there is no part 'nothing' of a page to generate");
    CHECK(fill_manual(program.app, "<!-- generated: verbs -->\n").error().detail ==
          "a part of the page that begins with '<!-- generated: ' has no end, '<!-- /generated -->'");
    CHECK(*fill_manual(program.app, "no marks") == "no marks");
}

TEST_CASE("Help has the defaults, and reads without Markdown") {
    const test::SmallProgram program;
    const std::string help = program.app.get_subcommand("thing")->get_subcommand("make")->help();
    CHECK(help.find("Usage: small thing make THING [OPTIONS]") != std::string::npos);
    CHECK(help.find("red or blue, see colours") != std::string::npos);
    CHECK(help.find("--wait[=DURATION]") != std::string::npos);
    CHECK(help.find("Where it is (default: http://127.0.0.1) [SMALL_URL]") != std::string::npos);
    CHECK(help.find("It takes long.\n") != std::string::npos);
    CHECK(help.find("Examples:\n  small thing make one\n") != std::string::npos);
}

TEST_CASE("Help is as wide as it is told, but for examples, which must stay in one piece") {
    for (const std::size_t width : {60, 80, 100}) {
        const test::SmallProgram program(width);
        std::istringstream help(program.app.get_subcommand("thing")->get_subcommand("make")->help());
        std::size_t longest = 0;
        for (std::string line; std::getline(help, line);) longest = std::max(longest, line.size());
        CHECK(longest <= width);
        CHECK(longest > width - 20);
    }
}

}  // namespace custdkim::usage
