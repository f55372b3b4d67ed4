// Every conversation in tests/transcripts goes as written there.
#include "transcript.hpp"
#include "tests/support/source_dir.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <fstream>
#include <sstream>

namespace custdkim::test {

namespace {

std::vector<std::filesystem::path> transcripts() {
    std::vector<std::filesystem::path> files;
    for (const auto& entry : std::filesystem::directory_iterator(source_dir() + "/tests/transcripts")) {
        if (entry.path().extension() == ".txt") files.push_back(entry.path());
    }
    std::sort(files.begin(), files.end());
    return files;
}

std::string read(const std::filesystem::path& file) {
    std::ostringstream text;
    text << std::ifstream(file).rdbuf();
    return text.str();
}

std::string refusal(std::string_view text) {
    try {
        read_transcript(text, "x.txt");
    } catch (const std::runtime_error& e) {
        return e.what();
    }
    return "";
}

const std::string request = R"(> {"method": "getAllDomainMetadata", "parameters": {"name": "x."}})";

}  // namespace

TEST_CASE("Every transcript goes as it is written") {
    const auto files = transcripts();
    REQUIRE(files.size() >= 8);
    for (const auto& file : files) {
        DYNAMIC_SECTION(file.filename().string()) {
            const std::string name = "tests/transcripts/" + file.filename().string();
            CHECK(first_mismatch(read_transcript(read(file), name)) == "");
        }
    }
}

TEST_CASE("A transcript that expects nothing is refused") {
    const std::string_view text = GENERATE("", "\n\n", "# only a comment\n");
    CHECK(refusal(text) == "x.txt: expects nothing");
}

TEST_CASE("A transcript that is not one is refused with its line") {
    CHECK(refusal("# x\n\n? what\n") == "x.txt:3: a line begins with '> ', '< ' or '#'");
    CHECK(refusal(">{}\n") == "x.txt:1: a line begins with '> ', '< ' or '#'");
    CHECK(refusal("< {}\n") == "x.txt:1: a reply without a request");
    CHECK(refusal("> {}\n< {}\n< {}\n") == "x.txt:3: a reply without a request");
    CHECK(refusal("> {}\n> {}\n< {}\n") == "x.txt:2: the request before this one has no reply");
    CHECK(refusal("> {}\n< {}\n> {}\n") == "x.txt: the last request has no reply");
    CHECK(refusal("> {}\n< {result: 1}\n") == "x.txt:2: the reply is not JSON");
}

TEST_CASE("A reply that means something else is named by file and line") {
    const auto transcript = read_transcript(request + "\n# and so\n< {\"result\": false}\n", "x.txt");
    CHECK(first_mismatch(transcript) ==
          "x.txt:3: to " + request.substr(2) + "\nexpected {\"result\": false}\ngot      {\"result\":{}}");
}

TEST_CASE("A transcript may write the same JSON in another way") {
    const auto transcript = read_transcript(
        R"(> {"method": "getDomainInfo", "parameters": {"name": "keys.example.org."}}
< { "result": {"zone": "\u006beys.example.org.", "masters": [], "id": 2, "last_check": 0, "kind": "master", "serial": 7, "notified_serial": 0} }
)",
        "x.txt");
    CHECK(first_mismatch(transcript) == "");
}

}  // namespace custdkim::test
