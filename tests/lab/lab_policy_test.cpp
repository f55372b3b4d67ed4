// Policy files: read as they are meant, refused with the line.
#include "worlds.hpp"

namespace custdkim::lab::test {

namespace {

std::string refusal(const std::string& text) { return parse_lab_policy(text, "p.toml").error().detail; }

}  // namespace

TEST_CASE("A policy of ours is the default with what the file says") {
    const LabPolicy policy =
        parse_lab_policy("title = \"t\"\n[rotation]\ninterval = \"60d\"\nslots = 3\nretired = \"revoke\"\n",
                         "p")
            .value();
    CHECK(policy.title == "t");
    CHECK(policy.rotation.interval == 60 * day);
    CHECK(policy.rotation.slots == 3);
    CHECK((policy.rotation.retired == RetiredRecord::revoke));
    CHECK(policy.rotation.prepublish == RotationPolicy().prepublish);
    CHECK_FALSE(policy.peer);
}

TEST_CASE("A policy of others has its own plan, and its interval is the rotation's") {
    const LabPolicy policy =
        parse_lab_policy(
            "[peer]\ninterval = \"90d\"\nlead = \"4d\"\nin_place = true\nwithdraw_after = \"7d\"\n", "p")
            .value();
    REQUIRE(policy.peer);
    CHECK(policy.peer->lead == 4 * day);
    CHECK(policy.peer->in_place);
    CHECK(policy.peer->withdraw_after == 7 * day);
    CHECK(policy.rotation.interval == 90 * day);
    CHECK(policy.rotation.retention == 7 * day);
}

TEST_CASE("What a policy file cannot mean is refused with its line") {
    CHECK(refusal("[rotation]\ninterva = \"1d\"\n") == "p.toml:2: 'interva' is not known here");
    CHECK(refusal("[rotation]\ninterval = 30\n") == "p.toml:2: interval must be a string, in quotes");
    CHECK(refusal("[rotation]\nslots = 4\n") == "p.toml:2: slots must be 2 or 3");
    CHECK(refusal("[peer]\nin_place = \"yes\"\n") == "p.toml:2: in_place must be true or false");
    CHECK(refusal("rotation = 1\n") == "p.toml:1: rotation must be a table");
    CHECK(refusal("[rotation\n").find("p.toml:1: ") == 0);
    CHECK(read_lab_policy("/nowhere.toml").error().detail.find("/nowhere.toml cannot be read") == 0);
}

}  // namespace custdkim::lab::test
