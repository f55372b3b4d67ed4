// kill -9 at any instant loses nothing that was acknowledged and leaves nothing half done (R10).
#include <catch2/catch.hpp>

#include <algorithm>
#include <atomic>
#include <cstring>
#include <set>

#include "base/random.hpp"
#include "sqlite_file.hpp"
#include "support/child.hpp"

namespace custdkim::test {

namespace {

struct Acknowledged {
    std::int32_t key = 0;  // negative: it was erased
    Serial serial = 0;
};

// Inserts keys without end from `first` on, erases every third, and says what the store has acknowledged.
template <typename Say>
void work_for_ever(const std::filesystem::path& file, int first, const Say& say) {
    SqliteFile world(file);
    const auto acknowledge = [&](int key, Serial serial) {
        const Acknowledged done{key, serial};
        say({reinterpret_cast<const char*>(&done), sizeof done});
    };
    for (int key = first;; ++key) {
        acknowledge(key, world.put(numbered_key(key), new_year(key)));
        if (key % 3 == 0) acknowledge(-key, world.erase(numbered_key(key), new_year(key)).value());
    }
}

// What must be in the store by the word of those that were killed.
struct Ledger {
    std::set<int> keys;
    int newest = 0;
    Serial serial = 0;

    void enter(const std::string& heard) {
        for (std::size_t at = 0; at + sizeof(Acknowledged) <= heard.size(); at += sizeof(Acknowledged)) {
            Acknowledged done;
            std::memcpy(&done, heard.data() + at, sizeof done);
            if (done.key > 0) keys.insert(done.key);
            if (done.key < 0) keys.erase(-done.key);
            newest = std::max(newest, std::abs(done.key));
            serial = done.serial;
        }
    }
};

// The numbers of all keys in the store, each of which is whole.
std::set<int> whole_keys(World& world) {
    std::set<int> numbers;
    const auto all = world.store().for_each_key([&](const Key& key) {
        const int number = std::stoi(key.id.substr(1)) - 10000;
        CHECK((key == numbered_key(number)));
        numbers.insert(number);
    });
    REQUIRE(all.has_value());
    for (const int number : numbers) {
        const Key key = numbered_key(number);
        for (const auto& secret : secrets_of(key)) {
            CHECK(world.store().private_key(key.id, secret.pair).value() == secret.sealed);
        }
    }
    return numbers;
}

void check(const std::filesystem::path& file, Ledger& ledger) {
    SqliteFile world(file);
    const auto there = whole_keys(world);
    // One change more than was heard of may have been made: the insertion of the next key, or the erasure of
    // the newest.
    std::set<int> expected = ledger.keys;
    if (there.contains(ledger.newest + 1)) expected.insert(ledger.newest + 1);
    if (ledger.newest % 3 == 0 && !there.contains(ledger.newest)) expected.erase(ledger.newest);
    CHECK(there == expected);
    CHECK(world.zone().serial >= ledger.serial);
    CHECK(world.count() == there.size());
    for (const int number : ledger.keys) {  // R8: what was issued stays issued
        Key again = numbered_key(number);
        again.id = "again";
        again.domain = name("again.example");
        REQUIRE(world.store().insert(again, {}, new_year()).value().status == Insertion::Status::label_taken);
    }
    ledger.keys = there;
    if (!there.contains(ledger.newest + 1)) {  // then nothing of it is there: its labels are still free
        world.put(numbered_key(ledger.newest + 1));
        ledger.keys.insert(ledger.newest + 1);
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
    Ledger ledger;
    for (int round = 1; round <= rounds; ++round) {
        INFO("round " << round << " of seed " << seed);
        Child child([&](auto say) { work_for_ever(file, round * 100000, say); });
        std::string heard = child.hear((1 + random.below(20)) * sizeof(Acknowledged));
        spin(random.below(500000));
        child.kill();
        heard += child.hear_all();
        REQUIRE_FALSE(heard.empty());
        REQUIRE(heard.find("exception") == std::string::npos);
        ledger.enter(heard);
        check(file, ledger);
    }
    CHECK(ledger.keys.size() > rounds);
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
