// The house's style, enforced over the whole tree: the compiler does not know it, and people forget.

#include <algorithm>
#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <set>

#include "rules.hpp"
#include "tests/support/source_dir.hpp"

using namespace custdkim::tidy;

namespace {

bool is_hidden_or_built(const std::filesystem::path& name) {
    return name.string().starts_with('.') || name == "build";
}

// Every file of the tree with one of these extensions, or this name.
std::vector<Source> sources(const std::set<std::string>& wanted) {
    const std::filesystem::path root = custdkim::source_dir();
    std::vector<Source> found;
    for (auto at = std::filesystem::recursive_directory_iterator(root); at != end(at); ++at) {
        if (at->is_directory() && is_hidden_or_built(at->path().filename())) at.disable_recursion_pending();
        if (!at->is_regular_file()) continue;
        if (!wanted.contains(at->path().extension()) && !wanted.contains(at->path().filename())) continue;
        std::ifstream file(at->path(), std::ios::binary);
        found.push_back({at->path().lexically_relative(root).string(),
                         std::string(std::istreambuf_iterator<char>(file), {})});
    }
    std::sort(found.begin(), found.end(), [](const Source& a, const Source& b) { return a.path < b.path; });
    return found;
}

const std::vector<Source>& code() {
    static const std::vector<Source> found = sources({".hpp", ".cpp"});
    return found;
}

void check_all(const std::vector<Source>& files, Complaints (*rule)(const Source&)) {
    for (const Source& source : files) {
        for (const std::string& complaint : rule(source)) FAIL_CHECK(complaint);
    }
}

}  // namespace

TEST_CASE("The tree is found, with all of its floors") {
    std::set<std::string> rooms;
    for (const Source& source : code()) rooms.insert(source.path.substr(0, source.path.find('/')));
    for (const char* room : {"base", "dns", "keys", "zone", "backend", "store", "tests"})
        CHECK(rooms.contains(room));
    CHECK(code().size() > 50);
}

TEST_CASE("Includes run down the house") { check_all(code(), check_rooms); }

TEST_CASE("Every library stays at home") { check_all(code(), check_libraries); }

TEST_CASE("Nobody but the base reads the time or draws numbers, and no test sleeps") {
    check_all(code(), check_time_and_chance);
}

TEST_CASE("No file is too long") {
    for (const Source& source : code()) {
        if (count_lines(source) > 400)
            WARN(source.path << " has " << count_lines(source) << " lines: look at it");
    }
    check_all(code(), check_length);
}

TEST_CASE("Every header says what it is, once") { check_all(code(), check_header); }

TEST_CASE("Every type has its name to itself") {
    for (const std::string& complaint : check_unique_types(code())) FAIL_CHECK(complaint);
}

TEST_CASE("Nothing is unfinished, and nothing belongs to one machine") {
    check_all(sources({".hpp", ".cpp", ".cmake", ".md", ".toml", ".json", ".sh", ".py", ".js", ".html",
                       ".css", ".yml", ".yaml", ".in", ".service", "CMakeLists.txt", "Dockerfile"}),
              check_leftovers);
}
