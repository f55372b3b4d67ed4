// The checker, told what happens step by step; and that it shares nothing with the engine.
#include "lab/simulation/checker.hpp"

#include <filesystem>
#include <fstream>
#include <sstream>

#include "store/memory_store.hpp"
#include "tests/support/source_dir.hpp"
#include "worlds.hpp"

namespace custdkim::lab::test {

namespace {

constexpr Content old_pair = 2, new_pair = 3;

Pair pair_of(unsigned number, Content token) {
    Pair pair;
    pair.number = number;
    pair.public_key = public_key_of(token);
    pair.created_at = Timestamp(day);
    pair.published_at = Timestamp(day);
    return pair;
}

// A key of two slots; the old pair signs.
struct Watched {
    Tally tally;
    MemoryStore store;
    Checker checker{1, {30 * day, 5 * day, 3 * day, 25 * day, 8 * day, Duration(3600)}, 1, tally, store};
    Key key;

    Watched() {
        key.id = "k";
        key.org = "0";
        key.zone = dns::Name::parse("custdkim.example.net").value();
        key.domain = dns::Name::parse("acme.example").value();
        key.slots = {{"s1", "aaaaaa", {pair_of(1, old_pair)}, {}},
                     {"s2", "bbbbbb", {pair_of(2, new_pair)}, {}}};
        (void)store.open_zones(std::vector{key.zone}, Timestamp(day));
        (void)store.insert({key, {{1, {1}}, {2, {2}}}, {}}, Timestamp(day));
        checker.stored(key, TrueTime(0));
        serve(0, old_pair, TrueTime(0));
        look(0, old_pair, day);
        key.activated_at = Timestamp(2 * day);
        key.slots[0].pairs[0].signing_since = Timestamp(2 * day);
        checker.stored(key, day);
    }

    void serve(SlotNumber slot, Content content, TrueTime at) {
        for (std::size_t server = 0; server < NameServers::count; ++server) {
            checker.served(server, slot, absent, content, at);
        }
    }
    void look(SlotNumber slot, Content seen, TrueTime at, bool was_right = true) {
        checker.looked({slot, Outcome::pass, seen, was_right}, at);
    }
    void move_signing(TrueTime at) {
        key.slots[0].pairs[0].retired_at = Timestamp(at + day);
        key.slots[1].pairs[0].signing_since = Timestamp(at + day);
        checker.stored(key, at);
    }
    std::string found() const { return tally.violations.empty() ? "" : tally.violations.front().invariant; }
};

}  // namespace

TEST_CASE("A rotation that keeps all waits is no violation, and its slack is known") {
    Watched watched;
    watched.serve(1, new_pair, 26 * day);
    watched.look(1, new_pair, 32 * day);
    watched.move_signing(32 * day);
    CHECK(watched.found().empty());
    CHECK(watched.tally.slack.at("R2").least == day);
    watched.checker.served(0, 0, old_pair, revoked, 58 * day);
    CHECK(watched.tally.slack.at("R3").least == day);
    CHECK(watched.found().empty());
}

TEST_CASE("A pair that was not visible for long enough is found") {
    Watched watched;
    watched.serve(1, new_pair, 28 * day);
    watched.look(1, new_pair, 32 * day);
    watched.move_signing(32 * day);
    CHECK(watched.found() == "R2");
}

TEST_CASE("A pair that one name server does not serve is found") {
    Watched watched;
    watched.checker.served(0, 1, absent, new_pair, 20 * day);
    watched.checker.served(1, 1, absent, new_pair, 20 * day);
    watched.look(1, new_pair, 32 * day);
    watched.move_signing(32 * day);
    CHECK(watched.found() == "R2");
}

TEST_CASE("A record that goes too early is found, and so is that of the pair that signs") {
    Watched watched;
    watched.serve(1, new_pair, 20 * day);
    watched.look(1, new_pair, 32 * day);
    watched.move_signing(32 * day);
    watched.checker.served(0, 0, old_pair, revoked, 56 * day);
    CHECK(watched.found() == "R3");
    Watched other;
    other.checker.served(0, 0, old_pair, revoked, 20 * day);
    CHECK(other.found() == "R3");
}

TEST_CASE("A move without a look, after an old one, or on a look that was misled is found") {
    const auto move_after = [](auto look) {
        Watched watched;
        watched.serve(1, new_pair, 20 * day);
        look(watched);
        watched.move_signing(32 * day);
        return watched.found();
    };
    CHECK(move_after([](Watched&) {}) == "R4");
    CHECK(move_after([](Watched& w) { w.look(1, new_pair, 31 * day); }) == "R4");
    CHECK(move_after([](Watched& w) { w.look(1, new_pair, 32 * day, false); }) == "R4");
    CHECK(move_after([](Watched& w) { w.look(1, old_pair, 32 * day); }) == "R4");
}

TEST_CASE("Two signers, or none, are found") {
    Watched watched;
    watched.key.slots[1].pairs[0].signing_since = Timestamp(3 * day);
    watched.checker.stored(watched.key, 2 * day);
    CHECK(watched.found() == "R1");
    Watched other;
    other.key.slots[0].pairs[0].retired_at = Timestamp(3 * day);
    other.checker.stored(other.key, 2 * day);
    CHECK(other.found() == "R1");
}

TEST_CASE("A serial that stands still or goes back is found") {
    Watched watched;
    watched.checker.published(10, true, day);
    watched.checker.published(10, false, day);
    CHECK(watched.found().empty());
    watched.checker.published(10, true, day);
    CHECK(watched.found() == "R6");
    Watched other;
    other.checker.published(10, true, day);
    other.checker.published(9, true, day);
    CHECK(other.found() == "R6");
}

TEST_CASE("Signing that moves before its time is found, and so is a fact that comes twice") {
    Watched watched;
    watched.serve(1, new_pair, TrueTime(0));
    watched.look(1, new_pair, 20 * day);
    watched.move_signing(20 * day);
    CHECK(watched.found() == "R7");
    Watched other;
    other.key.slots[0].pairs[0].signing_since = Timestamp(9 * day);
    other.checker.stored(other.key, 9 * day);
    CHECK(other.found() == "R7");
}

TEST_CASE("An order that is not in the store is found, and one that nobody gave") {
    Watched watched;
    watched.checker.will_order(0, Order::revoke);
    watched.checker.acknowledged(0, Order::revoke, 2 * day);
    CHECK(watched.found() == "R10");
    Watched other;
    other.key.rotation_requested_at = Timestamp(9 * day);
    other.checker.stored(other.key, 9 * day);
    CHECK(other.found() == "R10");
}

TEST_CASE("The checker includes nothing of the engine that it checks") {
    const std::filesystem::path room = source_dir() + "/lab/simulation";
    for (const char* file :
         {"checker.hpp", "checker.cpp", "checker_facts.cpp", "tally.hpp", "tally.cpp", "views.hpp",
          "fault_plan.hpp", "name_servers.hpp", "customers.hpp", "key_book.hpp"}) {
        std::ifstream in(room / file);
        std::ostringstream text;
        text << in.rdbuf();
        INFO(file);
        REQUIRE(text.str().size() > 100);
        for (const char* engine : {"keys/rotat", "keys/policy", "keys/key_state", "keys/clock_steps",
                                   "keys/ledger", "keys/key_orders", "keys/key_registry"}) {
            CHECK(text.str().find("#include \"" + std::string(engine)) == std::string::npos);
        }
    }
}

}  // namespace custdkim::lab::test
