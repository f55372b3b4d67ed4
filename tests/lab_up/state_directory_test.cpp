#include "lab/up/state_directory.hpp"

#include <sys/stat.h>

#include <catch2/catch.hpp>
#include <fstream>
#include <iterator>

#include "keys/sealing.hpp"
#include "service/token_file.hpp"
#include "tests/support/temporary_directory.hpp"

using namespace custdkim;
using namespace custdkim::lab;
using Catch::Matchers::Contains;
using custdkim::test::TemporaryDirectory;

namespace {

std::string text_of(const std::filesystem::path& file) {
    std::ifstream stream(file);
    return {std::istreambuf_iterator<char>(stream), {}};
}

mode_t mode_of(const std::filesystem::path& path) {
    struct stat found {};
    REQUIRE(::stat(path.c_str(), &found) == 0);
    return found.st_mode & 0777;
}

}  // namespace

TEST_CASE("A state directory is its owner's alone, with secrets that the service takes") {
    const TemporaryDirectory parent;
    SystemRandom random;
    const auto state = StateDirectory::open(parent / "lab", random);
    REQUIRE(state.has_value());
    CHECK(mode_of(parent / "lab") == 0700);
    CHECK(mode_of(state->token_file()) == 0600);
    CHECK(read_token_file(state->token_file()).has_value());
    CHECK(read_master_key(state->master_key_file()).has_value());
}

TEST_CASE("What is in a state directory is used again") {
    const TemporaryDirectory parent;
    SystemRandom random;
    const auto first = StateDirectory::open(parent / "lab", random).value();
    const std::string token = text_of(first.token_file()), key = text_of(first.master_key_file());
    first.keep_time(Timestamp(Duration(1'800'000'000)));
    const auto second = StateDirectory::open(parent / "lab", random).value();
    CHECK(text_of(second.token_file()) == token);
    CHECK(text_of(second.master_key_file()) == key);
    CHECK(second.last_time() == Timestamp(Duration(1'800'000'000)));
}

TEST_CASE("A new state directory knows of no time before") {
    const TemporaryDirectory parent;
    SystemRandom random;
    CHECK_FALSE(StateDirectory::open(parent / "lab", random).value().last_time());
}

TEST_CASE("A directory that others may enter, a link and a file are refused") {
    const TemporaryDirectory parent;
    SystemRandom random;
    const auto complaint = [&](const std::string& name) {
        const auto state = StateDirectory::open(parent / name, random);
        REQUIRE(state.has_error());
        CHECK_THAT(state.error().detail, Contains("--state"));
        return state.error().code;
    };
    std::filesystem::create_directory(parent / "open");
    ::chmod((parent / "open").c_str(), 0755);
    CHECK(complaint("open") == Errc::refused);
    std::filesystem::create_directory(parent / "mine");
    ::chmod((parent / "mine").c_str(), 0700);
    std::filesystem::create_symlink(parent / "mine", parent / "link");
    CHECK(complaint("link") == Errc::refused);
    std::ofstream(parent / "file") << "x";
    CHECK(complaint("file") == Errc::refused);
}

TEST_CASE("Where everything answers is there as a whole, and goes") {
    const TemporaryDirectory parent;
    SystemRandom random;
    const auto state = StateDirectory::open(parent / "lab", random).value();
    CHECK(state.write_endpoints({"http://127.0.0.1:1", "http://127.0.0.1:2", "127.0.0.1:3", "/s", "/t"})
              .has_value());
    CHECK(text_of(parent / "lab" / "endpoints.json") ==
          "{\n  \"api\": \"http://127.0.0.1:1\",\n  \"lab\": \"http://127.0.0.1:2\",\n  \"dns\": "
          "\"127.0.0.1:3\",\n"
          "  \"socket\": \"/s\",\n  \"token_file\": \"/t\"\n}\n");
    state.remove_endpoints();
    CHECK_FALSE(std::filesystem::exists(parent / "lab" / "endpoints.json"));
}
