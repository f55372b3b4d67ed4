// Our engine under other policies than the default.
#include "worlds.hpp"

namespace custdkim::lab::test {

TEST_CASE("Whatever becomes of records and of keys that are held, nothing is lost through our fault") {
    for (const char* text :
         {"retired = \"publish-private-key\"", "after_max_hold = \"deactivate\"\nmax_hold = \"5d\"",
          "jitter = \"3d\"\ndestroy_private_key_after = \"2d\"\nrevoke_compromised = false",
          "slots = 3\ninterval = \"10d\"\nprepublish = \"4d\"\nretention = \"9d\"\nttl = \"1h\""}) {
        SimulationSettings settings = small_worlds(4);
        settings.policy = parse_lab_policy("[rotation]\n" + std::string(text), "test").value();
        REQUIRE(broken_inequalities(settings.policy.rotation).empty());
        INFO(text);
        const Tally tally = simulate(settings).tally;
        CHECK(tally.lost_ours == 0);
        CHECK(tally.violation_count == 0);
    }
}

TEST_CASE("Who signs at the end of a hold, come what may, loses mail") {
    SimulationSettings settings = small_worlds(1);
    settings.policy =
        parse_lab_policy("[rotation]\nafter_max_hold = \"sign-anyway\"\nmax_hold = \"2d\"", "test").value();
    std::uint64_t lost = 0;
    for (; lost == 0 && settings.size.seed < 100; ++settings.size.seed)
        lost = simulate(settings).tally.lost_ours;
    CHECK(lost > 0);
}

TEST_CASE("A policy that the daemon would refuse loses mail") {
    SimulationSettings settings = small_worlds(5);
    settings.policy =
        parse_lab_policy("[rotation]\nstale = \"0s\"\nprepublish = \"1h\"\nttl = \"1h\"", "test").value();
    CHECK(simulate(settings).tally.lost_ours > 0);
}

}  // namespace custdkim::lab::test
