#include "lab/timeline.hpp"
#include "tests/support/source_dir.hpp"

#include <catch2/catch.hpp>
#include <fstream>
#include <iterator>
#include <sstream>

namespace custdkim::test {

namespace {

// What stands between the marks, without the indentation of code.
std::string timeline_in_page() {
    std::ifstream file(source_dir() + "/docs/rotation.md");
    const std::string page(std::istreambuf_iterator<char>(file), {});
    const std::string begin = "<!-- timeline -->\n", end = "<!-- /timeline -->";
    const std::size_t at = page.find(begin) + begin.size();
    std::istringstream block(page.substr(at, page.find(end) - at));
    std::string text;
    for (std::string line; std::getline(block, line);) {
        text += (line.starts_with("    ") ? line.substr(4) : line) + "\n";
    }
    return text;
}

}  // namespace

TEST_CASE("The timeline in docs/rotation.md is the one that the code keeps") {
    CHECK(timeline_in_page() == "\n" + lab::timeline(RotationPolicy()) + "\n");
}

TEST_CASE("A timeline shows what the policy changes") {
    RotationPolicy policy;
    policy.alternate_at_creation = AlternateAtCreation::placeholder;
    CHECK(lab::timeline(policy).find("s2        ppppp") != std::string::npos);
    policy.slots = 3;
    policy.retired = RetiredRecord::revoke;
    const std::string drawn = lab::timeline(policy);
    CHECK(drawn.find("s3        ppppp") != std::string::npos);
    CHECK(drawn.find("55d: the record of s1 says p=") != std::string::npos);
}

}  // namespace custdkim::test
