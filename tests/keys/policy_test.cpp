#include "keys/policy.hpp"

#include <catch2/catch.hpp>

namespace custdkim::test {

namespace {

using std::chrono::days;
using Sentences = std::vector<std::string>;

template <typename Change>
Sentences broken(Change change) {
    RotationPolicy policy;
    change(policy);
    return broken_inequalities(policy);
}

}  // namespace

TEST_CASE("The default policy keeps every inequality") {
    CHECK(broken([](RotationPolicy&) {}) == Sentences());
    CHECK(broken([](RotationPolicy& p) { p.slots = 3; }) == Sentences());
}

TEST_CASE("A policy that breaks an inequality is told which, with its numbers") {
    CHECK(broken([](RotationPolicy& p) { p.ttl = days(4); }) ==
          Sentences{"prepublish (5d) must be at least ttl (4d) + stale (3d): until then caches may hold what "
                    "the record said before"});
    CHECK(
        broken([](RotationPolicy& p) { p.negative_ttl = days(6); }) ==
        Sentences{"prepublish (5d) must be at least negative_ttl (6d): until then caches may hold that there "
                  "is no record"});
    CHECK(broken([](RotationPolicy& p) { p.retention = days(8); }) ==
          Sentences{
              "retention (8d) must be at least transit (5d) + ttl (5m) + stale (3d): mail that was signed "
              "last is verified until then"});
    CHECK(
        broken([](RotationPolicy& p) { p.retention = days(26); }) ==
        Sentences{"retention (26d) + prepublish (5d) must be at most (slots - 1) x interval (30d): a slot is "
                  "written again when its turn comes"});
    CHECK(broken([](RotationPolicy& p) { p.retention = days(55), p.slots = 3; }) == Sentences());
    CHECK(broken([](RotationPolicy& p) { p.retention = days(56), p.slots = 3; }).size() == 1);
    CHECK(broken([](RotationPolicy& p) { p.slots = 4; }) == Sentences{"slots must be 2 or 3"});
    CHECK(broken([](RotationPolicy& p) { p.interval = days(5), p.slots = 3; }).size() == 2);
    CHECK(broken([](RotationPolicy& p) { p.verified_within = Duration(0); }).size() == 1);
    CHECK(broken([](RotationPolicy& p) { p.recheck = Duration(0); }).size() == 1);
}

TEST_CASE("The words of a policy are read back as they are written") {
    for (const auto value :
         {RetiredRecord::keep, RetiredRecord::revoke, RetiredRecord::publish_private_key}) {
        CHECK((parse_retired_record(to_string(value)).value() == value));
    }
    for (const auto value :
         {AfterMaxHold::keep_holding, AfterMaxHold::sign_anyway, AfterMaxHold::deactivate}) {
        CHECK((parse_after_max_hold(to_string(value)).value() == value));
    }
    for (const auto value : {AlternateAtCreation::standby, AlternateAtCreation::placeholder}) {
        CHECK((parse_alternate_at_creation(to_string(value)).value() == value));
    }
    CHECK(parse_retired_record("burn").error().detail ==
          "'burn' is not one of keep, revoke, publish-private-key");
}

}  // namespace custdkim::test
