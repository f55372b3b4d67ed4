// Contract of every store: the audit log, and the notes.
#include <catch2/catch.hpp>

#include <limits>

#include "each_store.hpp"

namespace custdkim::test {

namespace {

std::vector<Event> log_of(World& world, const std::string& key_id = "", std::uint64_t after = 0,
                          std::size_t limit = 100) {
    return world.store().events({key_id, after, limit}).value();
}

std::vector<std::string> actions(const std::vector<Event>& events) {
    std::vector<std::string> actions;
    for (const Event& event : events) actions.push_back(event.action);
    return actions;
}

using Actions = std::vector<std::string>;

Change change_with(const Key& key, const std::string& action) {
    Change change = change_to(key);
    change.event.action = action;
    return change;
}

}  // namespace

TEMPLATE_TEST_CASE("An empty store has no events", "", EACH_STORE) {
    TestType world;
    CHECK(log_of(world).empty());
    CHECK(log_of(world, "k1").empty());
}

TEMPLATE_TEST_CASE("An event is kept as it was given and gets a number", "", EACH_STORE) {
    TestType world;
    const Key key = sample_key("k1", {"aaaaaa"});
    world.put(key);
    Change change = change_to(key);
    change.event = {77, new_year(5), "Ä'; --", "sign", "k1", "acme.example", "because \"so\"\nit is"};
    REQUIRE(world.commit(change).done);
    const auto events = log_of(world);
    REQUIRE(events.size() == 2);
    Event expected = change.event;
    expected.number = events[1].number;
    expected.org = key.org;
    CHECK((events[1] == expected));
    CHECK(events[0].number > 0);
    CHECK(events[1].number > events[0].number);
}

TEMPLATE_TEST_CASE("Insertions, changes and erasures leave their events in their order", "", EACH_STORE) {
    TestType world;
    const Key first = sample_key("k1", {"aaaaaa"});
    const Key second = key_of("b.example", "k2", {"bbbbbb"});
    world.put(first);
    world.put(second);
    REQUIRE(world.commit({change_with(second, "publish"), change_with(first, "sign")}).has_value());
    REQUIRE(world.erase(world.get("k2")).has_value());
    CHECK(actions(log_of(world)) == Actions{"create", "create", "publish", "sign", "withdraw"});
    CHECK(actions(log_of(world, "k1")) == Actions{"create", "sign"});
    CHECK(actions(log_of(world, "k2")) == Actions{"create", "publish", "withdraw"});  // outlive their key
    CHECK(log_of(world, "k").empty());
    CHECK(log_of(world, "acme.example").empty());
}

TEMPLATE_TEST_CASE("A change whose event has no action leaves none", "", EACH_STORE) {
    TestType world;
    const Key key = sample_key("k1", {"aaaaaa"});
    world.put(key);
    REQUIRE(world.commit(change_with(key, "")).done);
    CHECK(world.get("k1").version == 2);
    CHECK(actions(log_of(world)) == Actions{"create"});
}

TEMPLATE_TEST_CASE("What is refused leaves no event", "", EACH_STORE) {
    TestType world;
    const Key key = sample_key("k1", {"aaaaaa"});
    world.put(key);
    Key late = key;
    late.version = 7;
    CHECK(world.insert(sample_key("k2", {"aaaaaa"})).value().status != Insertion::Status::done);
    CHECK(world.erase(late).has_error());
    const auto committed = world.commit({change_with(late, "late"), change_with(key, "sign")}).value();
    CHECK_FALSE(committed[0].done);
    CHECK(committed[1].done);
    CHECK(actions(log_of(world)) == Actions{"create", "sign"});
}

TEMPLATE_TEST_CASE("Pages of the log show every event once and oldest first", "", EACH_STORE) {
    TestType world;
    for (int i = 0; i < 3; ++i) world.put(numbered_key(i));
    for (int i = 0; i < 9; ++i) {
        const Key key = world.get(numbered_key(i % 3).id);
        REQUIRE(world.commit(change_with(key, "change-" + std::to_string(i))).done);
    }
    const std::string id = GENERATE("", "k10001");
    const auto all = log_of(world, id);
    CHECK(all.size() == (id.empty() ? 12U : 4U));
    for (const std::size_t limit : {1UL, 2UL, 3UL, 4UL, std::numeric_limits<std::size_t>::max()}) {
        std::vector<Event> seen;
        for (auto page = log_of(world, id, 0, limit); !page.empty();
             page = log_of(world, id, seen.back().number, limit)) {
            CHECK(page.size() <= limit);
            seen.insert(seen.end(), page.begin(), page.end());
        }
        CHECK((seen == all));
    }
    CHECK(log_of(world, id, 0, 0).empty());
    CHECK(log_of(world, id, all.back().number).empty());
    CHECK(log_of(world, id, std::numeric_limits<std::uint64_t>::max()).empty());
}

TEMPLATE_TEST_CASE("A note is none at first and then the last one set", "", EACH_STORE) {
    TestType world;
    using namespace std::string_view_literals;
    CHECK_FALSE(world.store().note("clock").value());
    for (const auto note : {"one"sv, "two\0three\xff"sv, ""sv, "four"sv}) {
        REQUIRE(world.store().set_note("clock", bytes(note)).has_value());
        CHECK(world.store().note("clock").value() == bytes(note));
    }
    REQUIRE(world.store().set_note("another", bytes("five")).has_value());
    CHECK(world.store().note("clock").value() == bytes("four"));
    CHECK(world.store().note("another").value() == bytes("five"));
    CHECK_FALSE(world.store().note("Clock").value());
}

}  // namespace custdkim::test
