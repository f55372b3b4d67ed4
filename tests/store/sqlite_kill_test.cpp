// kill -9 at any instant loses nothing that was acknowledged and leaves nothing half done (R10).
#include <catch2/catch.hpp>

#include <atomic>

#include "base/random.hpp"
#include "sqlite_file.hpp"
#include "support/child.hpp"

namespace custdkim::test {

namespace {

constexpr int group_size = 4;
constexpr int steps_of_group = group_size + 3;

// A change of the key's first slot: a pair more, the private key of the last one destroyed.
Change rotation_of(const Key& key) {
    Change change = change_to(key);
    auto& pairs = change.key.slots[0].pairs;
    const unsigned last = pairs.back().number;
    const unsigned next = last + 2;
    pairs.back().destroyed_at = new_year();
    pairs.push_back(sample_pair(next, key.type, next));
    change.destroy = {last};
    change.add.push_back({next, bytes("sealed " + key.id + " " + std::to_string(next))});
    change.moves_serial = true;
    return change;
}

// One step of an endless story, a transaction each: the keys of a group are inserted, all rotate twice, and
// the first one is erased.
void make_step(World& world, int step) {
    const int first = step / steps_of_group * group_size;
    const int part = step % steps_of_group;
    if (part < group_size) {
        world.put(numbered_key(first + part), new_year(step));
    } else if (part < group_size + 2) {
        std::vector<Change> changes;
        for (int i = 0; i < group_size; ++i) {
            changes.push_back(rotation_of(world.get(numbered_key(first + i).id)));
        }
        for (const Committed& what : world.commit(changes, new_year(step)).value()) {
            if (!what.done) throw std::logic_error("a change was too late");
        }
    } else {
        world.erase(world.get(numbered_key(first).id), new_year(step)).value();
    }
}

// All that a store holds, in words that can be compared.
struct Contents {
    std::vector<Key> keys;
    std::vector<std::optional<Bytes>> private_keys;
    std::vector<Event> events;
    Serial serial = 0;

    bool operator==(const Contents&) const = default;
};

Contents contents_of(World& world) {
    Contents contents;
    const auto all = world.store().for_each_key([&](const Key& key) { contents.keys.push_back(key); });
    REQUIRE(all.has_value());
    for (const Key& key : contents.keys) {
        for (unsigned pair = 1; pair < 8; ++pair) {
            contents.private_keys.push_back(world.store().private_key(key.id, pair).value());
        }
    }
    contents.events = world.store().events({"", 0, 1000000}).value();
    contents.serial = world.zone().serial;
    return contents;
}

// R8: the labels of every key that was ever inserted stay issued.
void check_labels(World& world, int steps) {
    const int keys = steps / steps_of_group * group_size + std::min(steps % steps_of_group, group_size);
    for (int number = 0; number < keys; ++number) {
        Key again = numbered_key(number);
        again.id = "again";
        again.domain = name("again.example");
        REQUIRE(world.insert(again).value().status == Insertion::Status::label_taken);
    }
}

// A moment that differs a little each time and that a clock has no part in.
void spin(std::uint64_t turns) {
    for (std::atomic<std::uint64_t> turn = 0; turn < turns; ++turn) {
    }
}

}  // namespace

TEST_CASE(
    "A SQLite store that is killed again and again keeps all that it acknowledged and nothing half done") {
    constexpr int rounds = 30;
    constexpr std::uint64_t seed = 20260101;
    const TemporaryDirectory directory;
    const std::filesystem::path file = directory / "keys.db";
    SeededRandom random(seed);
    MemoryWorld model;  // what must be in the store by the word of those that were killed
    int done = 0;
    for (int round = 1; round <= rounds; ++round) {
        INFO("round " << round << " of seed " << seed);
        Child child([&](auto say) {
            SqliteFile world(file);
            for (int step = done;; ++step) {
                make_step(world, step);
                say(".");
            }
        });
        std::string heard = child.hear(1 + random.below(20));
        spin(random.below(500000));
        child.kill();
        heard += child.hear_all();
        REQUIRE(heard == std::string(heard.size(), '.'));
        REQUIRE_FALSE(heard.empty());
        for (std::size_t i = 0; i < heard.size(); ++i) make_step(model, done++);
        SqliteFile world(file);
        const Contents there = contents_of(world);
        // One step more than was heard of may have been made, but all of it.
        if (!(there == contents_of(model))) make_step(model, done++);
        REQUIRE((there == contents_of(model)));
        check_labels(world, done);
    }
    CHECK(done > rounds);
}

TEST_CASE("A SQLite store that is killed while it is being made can be made again") {
    constexpr std::uint64_t seed = 7;
    SeededRandom random(seed);
    for (int round = 1; round <= 20; ++round) {
        INFO("round " << round << " of seed " << seed);
        const TemporaryDirectory directory;
        Child child([&](auto say) {
            say("x");
            const SqliteFile world(directory / "keys.db");
        });
        child.hear(1);
        spin(random.below(1500000));
        child.kill();
        SqliteFile world(directory / "keys.db");
        world.put(sample_key("k1", {"aaaaaa"}));
        CHECK(world.count() == 1);
    }
}

}  // namespace custdkim::test
