#include <catch2/catch.hpp>

#include "small_program.hpp"

namespace custdkim::usage {

namespace {

Candidates small_values(std::string_view name, const Words&) {
    if (name == "COLOUR") return {{"red", "warm"}, {"blue", ""}};
    if (name == "THING") return {{"one", ""}, {"other", ""}};
    return {};
}

// What is offered, in one line.
std::string offered(const Words& words) {
    const test::SmallProgram program;
    const Completion completion = complete(program.app, words, small_values);
    std::string line;
    for (const Candidate& candidate : completion.candidates)
        line += (line.empty() ? "" : " ") + candidate.text;
    if (completion.files) line += ":files";
    return line;
}

}  // namespace

TEST_CASE("Verbs are offered, and those below them") {
    CHECK(offered({""}) == "thing look completion");
    CHECK(offered({"th"}) == "thing");
    CHECK(offered({"thing", ""}) == "make");
    CHECK(offered({"look", "m"}) == "");
    CHECK(offered({}) == "");
}

TEST_CASE("Options are offered once, and none that are hidden") {
    CHECK(offered({"thing", "make", "-"}) == "--colour --output --paints --gloss --wait --json --url --help");
    CHECK(offered({"thing", "make", "--colour", "red", "--c"}) == "");
    CHECK(offered({"thing", "make", "--colour=red", "--c"}) == "");
    CHECK(offered({"thing", "make", "--json", "--wait", "--u"}) == "--url");
}

TEST_CASE("Values are offered where one is awaited") {
    CHECK(offered({"thing", "make", ""}) == "one other");
    CHECK(offered({"thing", "make", "--colour", ""}) == "red blue");
    CHECK(offered({"thing", "make", "--colour", "b"}) == "blue");
    CHECK(offered({"thing", "make", "--colour=b"}) == "--colour=blue");
    CHECK(offered({"thing", "make", "--output", ""}) == ":files");
    CHECK(offered({"thing", "make", "--colour", "red", "o"}) == "one other");
    CHECK(offered({"thing", "make", "one", ""}) == "");
    CHECK(offered({"thing", "make", "--", "--", "o"}) == "");  // "--" is the thing, then
    CHECK(offered({"thing", "make", "--", "o"}) == "one other");
}

TEST_CASE("In a list with commas what is left is offered") {
    CHECK(offered({"thing", "make", "--paints", ""}) == "red blue");
    CHECK(offered({"thing", "make", "--paints", "red,"}) == "red,blue");
    CHECK(offered({"thing", "make", "--paints", "blue,r"}) == "blue,red");
    CHECK(offered({"thing", "make", "--paints", "red,blue,"}) == "");
    CHECK(offered({"thing", "make", "--paints=red,"}) == "--paints=red,blue");
    CHECK(offered({"thing", "make", "--colour", "red,"}) == "");
}

TEST_CASE("Where help has all the words they are offered") {
    CHECK(offered({"thing", "make", "--gloss", ""}) == "on off");
    CHECK(offered({"thing", "make", "--gloss=of"}) == "--gloss=off");
}

TEST_CASE("bash tears a word apart at its equal sign") {
    CHECK(offered({"thing", "make", "--colour", "=", "b"}) == "blue");
    CHECK(offered({"thing", "make", "--colour", "="}) == "red blue");
}

TEST_CASE("Lines for the shell have the words about a candidate behind a tab") {
    CHECK(to_lines({{{"red", "warm"}, {"blue", ""}}, true, false}) == "red\twarm\nblue\n:files\n");
}

TEST_CASE("There are scripts for bash and zsh, and for nobody else") {
    CHECK(completion_script("small-one", "bash")->find("complete -F _small_one small-one") !=
          std::string::npos);
    CHECK(completion_script("small-one", "zsh")->starts_with("#compdef small-one\n"));
    CHECK(completion_script("small-one", "fish").error().detail ==
          "there is no completion for 'fish'; there is for bash and zsh");
}

}  // namespace custdkim::usage
