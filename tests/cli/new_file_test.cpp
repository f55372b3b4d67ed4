// Files that take the place of others in one step.
#include "cli/new_file.hpp"

#include <sys/stat.h>

#include <fstream>
#include <iterator>

#include <catch2/catch.hpp>

#include "tests/support/temporary_directory.hpp"

namespace custdkim::test {

namespace {

std::string content(const std::filesystem::path& file) {
    std::ifstream stream(file);
    return {std::istreambuf_iterator<char>(stream), {}};
}

std::ptrdiff_t count_files(const TemporaryDirectory& directory) {
    return std::distance(std::filesystem::directory_iterator(directory / ""), {});
}

}  // namespace

TEST_CASE("A new file is seen once it is whole, readable by all, and alone") {
    const TemporaryDirectory directory;
    std::ofstream(directory / "zone") << "old";
    auto file = cli::NewFile::beside(directory / "zone").value();
    REQUIRE(file.append("first").has_value());
    CHECK(content(directory / "zone") == "old");
    REQUIRE(file.begin_again().has_value());
    REQUIRE(file.append("new").has_value());
    REQUIRE(file.take_place().has_value());
    CHECK(content(directory / "zone") == "new");
    CHECK(count_files(directory) == 1);
    struct stat found {};
    REQUIRE(::stat((directory / "zone").c_str(), &found) == 0);
    CHECK((found.st_mode & 07777) == 0644);
}

TEST_CASE("A new file that is not finished leaves the old one and nothing else") {
    const TemporaryDirectory directory;
    std::ofstream(directory / "zone") << "old";
    REQUIRE(cli::NewFile::beside(directory / "zone").value().append("half").has_value());
    CHECK(content(directory / "zone") == "old");
    CHECK(count_files(directory) == 1);
}

TEST_CASE("A new file is refused where there is no directory, or something that is no file") {
    const TemporaryDirectory directory;
    CHECK(cli::NewFile::beside(directory / "none" / "zone").error().code == Errc::invalid);
    std::filesystem::create_directory(directory / "zone");
    CHECK(cli::NewFile::beside(directory / "zone").error().code == Errc::refused);
    CHECK(cli::NewFile::beside("/dev/null").error().detail ==
          "/dev/null is there and is no regular file; name another one");
}

}  // namespace custdkim::test
