// Problems of a configuration, as sentences and as JSON.
#include "cli/config_problems.hpp"

#include <catch2/catch.hpp>

namespace custdkim::cli {

namespace {

using nlohmann::ordered_json;

ordered_json one(const std::string& problem, const char* config = "my.toml") {
    return problems_json({problem}, config).at(0);
}

}  // namespace

TEST_CASE("A problem has the file and the line that its sentence begins with") {
    CHECK(one("my.toml:12: there is no option 'x'") ==
          ordered_json{{"file", "my.toml"}, {"line", 12}, {"message", "there is no option 'x'"}});
    CHECK(one("/etc/custdkim/apex.zone:4: this is: no record\nat all") ==
          ordered_json{
              {"file", "/etc/custdkim/apex.zone"}, {"line", 4}, {"message", "this is: no record\nat all"}});
    CHECK(one("my.toml: the zone a.example is there twice") ==
          ordered_json{
              {"file", "my.toml"}, {"line", nullptr}, {"message", "the zone a.example is there twice"}});
}

TEST_CASE("What only looks like a file and a line stays in the message") {
    for (const std::string sentence :
         {"nobody answers at 127.0.0.1:53: refused", "the file /etc/x cannot be read"}) {
        CHECK(one(sentence) == ordered_json{{"file", nullptr}, {"line", nullptr}, {"message", sentence}});
    }
}

}  // namespace custdkim::cli
