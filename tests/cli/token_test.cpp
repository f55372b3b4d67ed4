// Tokens that are named by their names.
#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "cli/access_commands.hpp"

namespace custdkim::cli {

TEST_CASE("A token's name stands for it where only one live token has it") {
    const nlohmann::ordered_json tokens = {{{"id", "t1"}, {"name", "ci"}, {"status", "revoked"}},
                                           {{"id", "t2"}, {"name", "ci"}, {"status", "live"}},
                                           {{"id", "t3"}, {"name", "old"}, {"status", "expired"}},
                                           {{"id", "t4"}, {"name", "twin"}, {"status", "live"}},
                                           {{"id", "t5"}, {"name", "twin"}, {"status", "live"}}};
    CHECK(*live_token(tokens, "ci") == "t2");
    CHECK(live_token(tokens, "old").error().code == Errc::not_found);
    CHECK(live_token(tokens, "t2").error().code == Errc::not_found);
    CHECK(live_token(tokens, "twin").error().detail ==
          "2 live tokens have the name 'twin'; revoke them by their ids: t4, t5");
}

}  // namespace custdkim::cli
