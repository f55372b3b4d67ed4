#include "keys/key_census.hpp"

#include <catch2/catch.hpp>

#include "keys/rotation_change.hpp"
#include "keys/watch.hpp"
#include "tests/support/sample_keys.hpp"

namespace custdkim::test {

namespace {

struct Census {
    KeyCensus census;
    RotationPolicy policy;
    Timestamp now = new_year();

    void note(const Key& key) { census.note(key, policy, {}, now); }
    std::uint64_t count(KeyCondition condition) {
        return census.figures(now).keys.at(static_cast<std::size_t>(condition));
    }
    void look(Key& key, std::size_t slot, Outcome outcome, const std::string& cause = "") {
        const unsigned pair = outcome == Outcome::pass ? key.slots[slot].published()->number : 0;
        record_look(key.slots[slot], {{outcome, cause, "", "", {}}, pair}, now);
    }
};

Key visible_key(const std::string& id) {
    Key key = sample_key(id, {"aaaaaa", "bbbbbb"});
    for (Slot& slot : key.slots) slot.pairs[0].visible_at = new_year();
    return key;
}

Key active_key(const std::string& id, Timestamp now) {
    return activation_change(visible_key(id), 0, 1, now).key;
}

// Signs since new year, with a new pair of s2 visible since day 25, which was not looked at yet.
Key key_before_its_turn(const std::string& id, Timestamp now) {
    Key key = active_key(id, now);
    Pair& next = key.slots[1].pairs.emplace_back(sample_pair(3, key.type, 9));
    next.published_at = next.visible_at = new_year() + std::chrono::days(25);
    return key;
}

std::string ids(const std::vector<RollPlace>& places) {
    std::string all;
    for (const RollPlace& place : places) all += place.id + " ";
    return all;
}

Key gone(Key key) {
    key.slots.clear();
    return key;
}

}  // namespace

TEST_CASE("Each key is counted once, in the condition that it has now") {
    Census world;
    world.note(visible_key("k1"));
    world.note(visible_key("k2"));
    CHECK(world.count(KeyCondition::inactive) == 2);
    world.note(active_key("k1", world.now));
    CHECK(world.count(KeyCondition::inactive) == 1);
    CHECK(world.count(KeyCondition::active) == 1);
    Key revoked = active_key("k2", world.now);
    revoked.revoked_at = world.now;
    world.note(revoked);
    CHECK(world.count(KeyCondition::revoked) == 1);
    revoked.deleted_at = world.now;
    world.note(revoked);
    CHECK(world.count(KeyCondition::revoked) == 0);
    CHECK(world.count(KeyCondition::deleted) == 1);
    world.note(gone(revoked));
    world.note(gone(visible_key("k3")));  // nobody has seen it before
    CHECK(world.count(KeyCondition::deleted) == 0);
    CHECK(world.count(KeyCondition::active) == 1);
}

TEST_CASE("Findings are counted by outcome and cause, each CNAME by its last look") {
    Census world;
    Key key = visible_key("k1");
    world.note(key);
    CHECK(world.census.figures(world.now).slots.empty());
    world.look(key, 0, Outcome::fail, "cname-missing");
    world.look(key, 1, Outcome::fail, "cname-missing");
    world.note(key);
    CHECK(world.census.figures(world.now).slots.at({Outcome::fail, "cname-missing"}) == 2);
    world.look(key, 0, Outcome::pass);
    world.note(key);
    CHECK(world.census.figures(world.now).slots.at({Outcome::fail, "cname-missing"}) == 1);
    CHECK(world.census.figures(world.now).slots.at({Outcome::pass, ""}) == 1);
    key.deleted_at = world.now;
    world.note(key);
    for (const auto& [look, count] : world.census.figures(world.now).slots) CHECK(count == 0);
}

TEST_CASE("The oldest key that was never verified is the one that was created first") {
    Census world;
    Key old = visible_key("k1"), young = visible_key("k2");
    young.created_at = new_year(500);
    world.note(young);
    world.note(old);
    CHECK(world.census.figures(world.now).unverified.count == 2);
    CHECK(world.census.figures(world.now).unverified.oldest == new_year());
    world.look(old, 0, Outcome::pass);
    world.note(old);
    CHECK(world.census.figures(world.now).unverified.oldest == new_year());
    world.look(old, 1, Outcome::pass);
    world.note(old);
    CHECK(world.census.figures(world.now).unverified.count == 1);
    CHECK(world.census.figures(world.now).unverified.oldest == new_year(500));
    world.note(gone(young));
    CHECK_FALSE(world.census.figures(world.now).unverified.oldest);
}

TEST_CASE("A published pair is invisible until every name server was seen with it") {
    Census world;
    Key key = visible_key("k1");
    key.slots[1].pairs[0].visible_at.reset();
    key.slots[1].pairs[0].published_at = new_year(30);
    world.note(key);
    const auto zone = name("custdkim.example.net");
    CHECK(world.census.figures(world.now).invisible.at(zone).count == 1);
    CHECK(world.census.figures(world.now).invisible.at(zone).oldest == new_year(30));
    key.slots[1].pairs[0].visible_at = new_year(60);
    world.note(key);
    CHECK(world.census.figures(world.now).invisible.at(zone).count == 0);
    CHECK_FALSE(world.census.figures(world.now).invisible.at(zone).oldest);
}

TEST_CASE(
    "A held key counts as held, since when signing should have moved, and an active one that fails as "
    "failing") {
    Census world;
    Key key = active_key("k1", world.now);
    world.look(key, 0, Outcome::pass);
    world.look(key, 1, Outcome::pass);
    world.note(key);
    CHECK(world.census.figures(world.now).failing == 0);
    for (unsigned i = 0; i < world.policy.failing_looks; ++i) {
        world.now += world.policy.failing_for;
        world.look(key, 1, Outcome::fail, "cname-missing");
    }
    world.note(key);
    CHECK(world.census.figures(world.now).failing == 1);
    CHECK(world.count(KeyCondition::active) == 1);
    key.rotation_requested_at = world.now;
    world.now += std::chrono::days(60);
    Pair& next = key.slots[1].pairs.emplace_back(sample_pair(3, key.type, 9));
    next.published_at = next.visible_at = world.now - std::chrono::days(20);
    world.look(key, 1, Outcome::fail, "cname-missing");
    world.note(key);
    CHECK(world.count(KeyCondition::held) == 1);
    CHECK(world.count(KeyCondition::active) == 0);
    CHECK(world.census.figures(world.now).held.count == 1);
    CHECK(world.census.figures(world.now).held.oldest == world.now - std::chrono::days(15));
    world.note(gone(key));
    CHECK(world.census.figures(world.now).held.count == 0);
    CHECK(world.census.figures(world.now).failing == 0);
}

TEST_CASE("A hold that begins or ends by itself is known when somebody asks") {
    Census world;
    Key key = key_before_its_turn("k1", world.now);
    const Timestamp turn = new_year() + std::chrono::days(30);
    for (unsigned i = 0; i < world.policy.failing_looks; ++i) {
        world.now = turn - std::chrono::hours(10) + std::chrono::hours(i);
        world.look(key, 1, Outcome::fail, "cname-missing");
    }
    world.note(key);
    const auto held = [&] { return ids(world.census.list(Need::held, {}, "", 10, world.now)); };
    CHECK(held().empty());
    CHECK(ids(world.census.list(Need::failing, {}, "", 10, world.now)) == "k1 ");
    world.now = turn - std::chrono::seconds(1);
    CHECK(world.count(KeyCondition::held) == 0);
    world.now = turn;
    CHECK(held() == "k1 ");
    CHECK(world.count(KeyCondition::held) == 1);
    CHECK(world.count(KeyCondition::active) == 0);
    CHECK(world.census.figures(world.now).held.oldest == turn);
    world.look(key, 1, Outcome::pass);  // caches may remember for a day that it was missing
    world.note(key);
    CHECK(held() == "k1 ");
    CHECK(ids(world.census.list(Need::failing, {}, "", 10, world.now)).empty());
    world.now += world.policy.customer_negative_ttl;
    CHECK(held().empty());
    CHECK(world.count(KeyCondition::held) == 0);
    CHECK(world.count(KeyCondition::active) == 1);
    CHECK_FALSE(world.census.figures(world.now).held.oldest);
}

TEST_CASE("Keys that fail are listed page by page, while others come and go") {
    Census world;
    const auto failing = [&](const std::string& id, const std::string& org) {
        Key key = active_key(id, new_year());
        key.org = org;
        for (unsigned i = 0; i < world.policy.failing_looks; ++i) {
            world.now += world.policy.failing_for;
            world.look(key, 0, Outcome::fail, "cname-missing");
        }
        world.note(key);
        return key;
    };
    const auto page = [&](const RollPlace& behind, const std::string& org) {
        return world.census.list(Need::failing, behind, org, 2, world.now);
    };
    std::vector<Key> keys;
    for (const char* id : {"k1", "k2", "k3", "k4", "k5"}) {
        keys.push_back(failing(id, id == std::string("k4") ? "other" : "mine"));
    }
    world.note(active_key("k6", new_year()));
    const auto first = page({}, "");
    CHECK(ids(first) == "k1 k2 ");
    world.note(gone(keys[0]));
    world.note(gone(keys[1]));
    failing("k2a", "mine");
    CHECK(ids(page(first.back(), "")) == "k2a k3 ");
    CHECK(ids(page(first.back(), "other")) == "k4 ");
    Key moved = keys[3];
    moved.org = "mine";
    world.note(moved);
    CHECK(ids(page({}, "other")).empty());
    CHECK(ids(page({keys[2].created_at, "k3"}, "mine")) == "k4 k5 ");
    moved.revoked_at = world.now;
    world.note(moved);
    CHECK(ids(page({keys[2].created_at, "k3"}, "mine")) == "k5 ");
}

}  // namespace custdkim::test
