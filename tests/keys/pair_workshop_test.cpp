#include "keys/pair_workshop.hpp"

#include <catch2/catch.hpp>
#include <latch>
#include <set>

#include "tests/support/sample_keys.hpp"

namespace custdkim::test {

namespace {

// Counts what it makes, and how many at a time.
struct Maker {
    std::atomic<int> made = 0, under_way = 0, most = 0;

    Result<KeyPair> operator()(KeyType type, const std::stop_token&) {
        const int now = ++under_way;
        int seen = most;
        while (now > seen && !most.compare_exchange_weak(seen, now)) {
        }
        KeyPair pair{type, sample_public_key(type, static_cast<unsigned>(++made)), SecretBytes(4)};
        --under_way;
        return pair;
    }
};

struct World {
    SeededRandom random{1};
    Sealer sealer{SecretBytes(32), random};
    Maker maker;
    std::mutex mutex;
    std::condition_variable changed;
    int ready = 0;

    PairWorkshop workshop(std::size_t threads) {
        return {threads, sealer,
                [this](KeyType type, const std::stop_token& stop) { return maker(type, stop); },
                [this] {
                    const std::lock_guard lock(mutex);
                    ++ready;
                    changed.notify_all();
                }};
    }
    void wait_for(int count) {
        std::unique_lock lock(mutex);
        changed.wait(lock, [&] { return ready >= count; });
    }
};

}  // namespace

TEST_CASE("The workshop makes what is wanted, and no more") {
    World world;
    PairWorkshop workshop = world.workshop(4);
    CHECK_FALSE(workshop.collect(KeyType::ed25519));
    workshop.want(KeyType::ed25519, 10);
    world.wait_for(10);
    std::set<Bytes> keys;
    for (int i = 0; i < 10; ++i) {
        const auto pair = workshop.collect(KeyType::ed25519);
        REQUIRE(pair);
        CHECK((pair->type == KeyType::ed25519));
        CHECK(world.sealer.open(pair->sealed_private_key, pair->public_key).has_value());
        keys.insert(pair->public_key);
    }
    CHECK(keys.size() == 10);
    CHECK(world.maker.most <= 4);
}

TEST_CASE("Pairs of one type are not kept from those of another") {
    World world;
    PairWorkshop workshop = world.workshop(1);
    workshop.want(KeyType::ed25519, 1);
    workshop.want(KeyType::rsa_1024, 1);
    world.wait_for(2);
    CHECK(workshop.collect(KeyType::ed25519));
    CHECK(workshop.collect(KeyType::rsa_1024));
}

TEST_CASE("A workshop ends although a pair is under way that takes for ever") {
    World world;
    std::latch begun(1);
    {
        PairWorkshop workshop(
            1, world.sealer,
            [&](KeyType, const std::stop_token& stop) -> Result<KeyPair> {
                begun.count_down();
                while (!stop.stop_requested()) std::this_thread::yield();
                return Error{Errc::unavailable, "stopped"};
            },
            [] {});
        workshop.want(KeyType::rsa_2048, 1);
        begun.wait();
    }
    SUCCEED();
}

}  // namespace custdkim::test
