// How many changes a second a SQLite store takes. Hidden; run it in a release build: store_tests "[.bench]".
#include <catch2/catch.hpp>

#include <chrono>
#include <ctime>
#include <iostream>

#include "base/random.hpp"
#include "many_keys.hpp"

namespace custdkim::test {

namespace {

constexpr std::size_t batch = 256;
constexpr std::size_t sealed_size = 145;  // of an Ed25519 pair

Key rotating_key() {
    Key key = sample_key("k0", {"aaaaaa", "bbbbbb"});
    for (Slot& slot : key.slots) {
        const Pair& first = slot.pairs.front();
        slot.pairs.push_back(sample_pair(first.number + 2, key.type, first.number));
        slot.check.last = Finding{Outcome::pass, "", "the CNAME leads to its target", "", new_year()};
        slot.check.verified_at = slot.check.passing_since = new_year();
    }
    return key;
}

// The three steps of a rotation, as the rotator makes them.
Change publish(const Key& key) {
    Change change = change_to(key);
    auto& pairs = change.key.slots[0].pairs;
    const unsigned number = pairs.back().number + 2;
    pairs.push_back(sample_pair(number, key.type, number));
    pairs.erase(pairs.begin());
    change.add.push_back({number, Bytes(sealed_size, 9)});
    change.moves_serial = true;
    return change;
}

Change see(const Key& key) {
    Change change = change_to(key);
    change.key.slots[0].pairs.back().visible_at = new_year(1);
    return change;
}

Change sign(const Key& key) {
    Change change = change_to(key, {key.slots[1].pairs.back().number});
    change.key.slots[0].pairs.back().signing_since = new_year(2);
    change.key.slots[1].pairs.back().retired_at = new_year(2);
    change.key.slots[1].pairs.back().destroyed_at = new_year(2);
    return change;
}

// Rotates the keys, `batch` changes at a time, and prints how fast that went.
void measure(World& world, std::vector<Key> keys, std::string_view what) {
    std::chrono::duration<double> in_store{0}, longest{0};
    std::size_t changes = 0;
    std::clock_t busy = 0;  // tells more than the time where the machine is shared
    for (std::size_t from = 0; from + batch <= keys.size(); from += batch) {
        for (const auto step : {publish, see, sign}) {
            std::vector<Change> some;
            for (std::size_t i = from; i < from + batch; ++i) some.push_back(step(keys[i]));
            const auto before = std::chrono::steady_clock::now();
            const std::clock_t busy_before = std::clock();
            for (const Committed& one : world.commit(some).value()) REQUIRE(one.done);
            const std::chrono::duration<double> took = std::chrono::steady_clock::now() - before;
            busy += std::clock() - busy_before;
            in_store += took;
            longest = std::max(longest, took);
            changes += some.size();
            for (std::size_t i = 0; i < batch; ++i) {
                keys[from + i] = std::move(some[i].key);
                ++keys[from + i].version;
            }
        }
    }
    std::cout << what << ": " << static_cast<long>(static_cast<double>(changes) / in_store.count())
              << " changes/s, longest commit " << static_cast<long>(longest.count() * 1000) << " ms, "
              << static_cast<double>(busy) * 1e6 / CLOCKS_PER_SEC / static_cast<double>(changes)
              << " us of CPU for each\n";
}

}  // namespace

TEST_CASE("Rotations that a SQLite store takes in a second", "[.bench]") {
    const TemporaryDirectory directory;
    SqliteFile world(directory / "keys.db");
    std::vector<SealedPrivateKey> secrets;
    for (const unsigned pair : {1U, 2U, 3U, 4U}) secrets.push_back({pair, Bytes(sealed_size, 7)});
    world.store().insert({rotating_key(), secrets, event_of(rotating_key(), "create")}, new_year()).value();
    multiply_key(directory / "keys.db", 100000);
    std::vector<Key> keys;
    world.store().for_each_key([&](const Key& key) { keys.push_back(key); }).value();
    const std::vector<Key> neighbours(keys.begin(), keys.begin() + 20 * batch);
    keys.erase(keys.begin(), keys.begin() + 20 * batch);
    SeededRandom random(1);
    for (std::size_t i = keys.size(); i > 1; --i) std::swap(keys[i - 1], keys[random.below(i)]);
    keys.resize(20 * batch);
    measure(world, neighbours, "100,000 keys, of which neighbours rotate together");
    measure(world, keys, "100,000 keys, of which any rotate together");
}

}  // namespace custdkim::test
