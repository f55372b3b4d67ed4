#include "keys/event.hpp"

#include <algorithm>
#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <regex>
#include <set>

#include "keys/rotation.hpp"
#include "tests/support/source_dir.hpp"

namespace custdkim::test {

namespace {

bool is_known(std::string_view action) {
    const auto known = event_actions();
    return std::find(known.begin(), known.end(), action) != known.end();
}

// The words behind an actor, as events are written in the sources: "operator", "create" or by.name, "create".
std::set<std::string> actions_in(const std::string& source) {
    static const std::regex event(R"re((?:"operator"|"rotator"|\bby\.name|\bactor),\s*"([a-z-]+)")re");
    std::set<std::string> found;
    for (std::sregex_iterator at(source.begin(), source.end(), event), end; at != end; ++at)
        found.insert((*at)[1]);
    return found;
}

}  // namespace

TEST_CASE("Every step of the rotation is a known event, and so is every order in the sources") {
    for (std::size_t i = 0; i < action_count; ++i) CHECK(is_known(to_string(static_cast<Action>(i))));
    std::set<std::string> all;
    for (const char* room : {"keys", "api", "service"}) {
        for (const auto& file : std::filesystem::directory_iterator(source_dir() + "/" + room)) {
            if (file.path().extension() != ".cpp") continue;
            std::ifstream stream(file.path());
            all.merge(actions_in({std::istreambuf_iterator<char>(stream), {}}));
        }
    }
    CHECK(all.size() >= 4);
    for (const std::string& action : all) {
        INFO(action);
        CHECK(is_known(action));
    }
}

TEST_CASE("The check of events finds the word behind the actor") {
    CHECK(actions_in("event_of(key, \"operator\", \"invented\", x); {0, now, by.name, \"other\", y}") ==
          std::set<std::string>{"invented", "other"});
    CHECK_FALSE(is_known("invented"));
}

}  // namespace custdkim::test
