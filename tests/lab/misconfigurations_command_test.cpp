// The verb `misconfigurations`, as the command line runs it.
#include <catch2/catch.hpp>
#include <iostream>
#include <sstream>
#include <vector>

#include "lab/catalogue/catalogue_text.hpp"
#include "lab/command_line.hpp"
#include "tests/support/source_dir.hpp"

namespace custdkim::lab::test {

namespace {

struct Outcome {
    int code = 0;
    std::string out, error;
};

Outcome misconfigurations(std::vector<std::string> words) {
    words.insert(words.begin(), {"custdkim-lab", "misconfigurations"});
    std::vector<char*> arguments;
    for (std::string& word : words) arguments.push_back(word.data());
    std::ostringstream out, error;
    std::streambuf* const was_out = std::cout.rdbuf(out.rdbuf());
    std::streambuf* const was_error = std::cerr.rdbuf(error.rdbuf());
    const int code = run(static_cast<int>(arguments.size()), arguments.data());
    std::cout.rdbuf(was_out);
    std::cerr.rdbuf(was_error);
    return {code, out.str(), error.str()};
}

}  // namespace

TEST_CASE("The misconfigurations are printed as a list, a page, or a document") {
    const Catalogue& catalogue = Catalogue::built_in();
    CHECK(misconfigurations({}).out == usage::aligned(list_rows(catalogue)));
    CHECK(misconfigurations({"--markdown"}).out == list_markdown(catalogue));
    const Outcome json = misconfigurations({"--json"});
    CHECK(json.out == list_json(catalogue));
    CHECK(json.code == 0);
    CHECK(misconfigurations({"--json", "--markdown"}).code == 2);
}

TEST_CASE("A folder of one's own takes the place of the catalogue, or is refused with its problems") {
    const std::string folder = source_dir() + "/lab/misconfigurations";
    CHECK(misconfigurations({"--catalogue", folder}).out == usage::aligned(list_rows(Catalogue::built_in())));
    const Outcome refused = misconfigurations({"--catalogue", folder + "/none"});
    CHECK(refused.code == 2);
    CHECK(refused.out.empty());
    CHECK_THAT(refused.error, Catch::Contains("/none cannot be read"));
}

}  // namespace custdkim::lab::test
