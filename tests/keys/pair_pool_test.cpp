#include "keys/pair_pool.hpp"

#include <atomic>
#include <catch2/catch.hpp>
#include <memory>
#include <semaphore>

#include "tests/support/fixture_pairs.hpp"

using namespace custdkim;

namespace {

// Makes pairs out of the fixtures, one for every permit; counts what it made.
struct Generator {
    std::counting_semaphore<> permits{0};
    std::counting_semaphore<> calls{0};  // one for every call that has begun
    std::atomic<unsigned> made = 0;

    PairGenerator function() {
        return [this](KeyType type, const std::stop_token&) -> Result<KeyPair> {
            calls.release();
            permits.acquire();
            return test::fixture_pair(type, made++);
        };
    }
};

struct Workshop {
    SeededRandom random{1};
    Sealer sealer{SecretBytes(32), random};
    Generator generator;
};

void wait_for_level(const PairPool& pool, std::size_t level) {
    while (pool.level() != level) std::this_thread::yield();
}

bool opens(const Sealer& sealer, const SealedPair& pair) {
    return sealer.open(pair.sealed_private_key, pair.public_key).has_value();
}

}  // namespace

TEST_CASE("A pool fills up to its size, and then makes no more") {
    Workshop workshop;
    workshop.generator.permits.release(100);
    PairPool pool(KeyType::ed25519, 3, workshop.sealer, workshop.generator.function());
    wait_for_level(pool, 3);
    CHECK(workshop.generator.made == 3);
}

TEST_CASE("A pool hands out sealed pairs in the order they were made, each only once") {
    Workshop workshop;
    workshop.generator.permits.release(2);
    PairPool pool(KeyType::ed25519, 2, workshop.sealer, workshop.generator.function());
    wait_for_level(pool, 2);
    const SealedPair first = pool.take(KeyType::ed25519).value();
    const SealedPair second = pool.take(KeyType::ed25519).value();
    CHECK(first.public_key == test::fixture_pair(KeyType::ed25519, 0).public_key);
    CHECK(second.public_key == test::fixture_pair(KeyType::ed25519, 1).public_key);
    CHECK((first.type == KeyType::ed25519));
    CHECK(opens(workshop.sealer, first));
    CHECK(opens(workshop.sealer, second));
    workshop.generator.permits.release(100);
}

TEST_CASE("A pool makes good what was taken out of it") {
    Workshop workshop;
    workshop.generator.permits.release(100);
    PairPool pool(KeyType::ed25519, 2, workshop.sealer, workshop.generator.function());
    for (unsigned taken = 0; taken < 5; ++taken) {
        wait_for_level(pool, 2);
        CHECK(workshop.generator.made == 2 + taken);
        CHECK(pool.take(KeyType::ed25519).has_value());
    }
    wait_for_level(pool, 2);
    CHECK(workshop.generator.made == 7);
}

TEST_CASE("Pairs of another type are made on the spot, and the pool is left alone") {
    Workshop workshop;
    workshop.generator.permits.release(100);
    PairPool pool(KeyType::ed25519, 2, workshop.sealer, workshop.generator.function());
    wait_for_level(pool, 2);
    const SealedPair pair = pool.take(KeyType::rsa_1024).value();
    CHECK((pair.type == KeyType::rsa_1024));
    CHECK(is_public_key_size(KeyType::rsa_1024, pair.public_key.size()));
    CHECK(opens(workshop.sealer, pair));
    CHECK(pool.level() == 2);
}

TEST_CASE("An empty pool makes a pair on the spot, while it is being filled") {
    Workshop workshop;
    PairPool pool(KeyType::ed25519, 1, workshop.sealer, workshop.generator.function());
    workshop.generator.calls.acquire();  // the worker is busy
    CHECK(pool.level() == 0);
    workshop.generator.permits.release(2);
    CHECK(pool.take(KeyType::ed25519).has_value());
    workshop.generator.permits.release(100);
}

TEST_CASE("A pool of size 0 makes every pair on the spot, and none in advance") {
    Workshop workshop;
    workshop.generator.permits.release(100);
    PairPool pool(KeyType::ed25519, 0, workshop.sealer, workshop.generator.function());
    CHECK(pool.take(KeyType::ed25519).has_value());
    CHECK(pool.take(KeyType::ed25519).has_value());
    CHECK(pool.level() == 0);
    CHECK(workshop.generator.made == 2);
}

TEST_CASE("What the generator cannot make, the pool cannot hand out") {
    Workshop workshop;
    std::counting_semaphore<> calls{0};
    PairPool pool(KeyType::ed25519, 1, workshop.sealer,
                  [&](KeyType, const std::stop_token&) -> Result<KeyPair> {
                      calls.release();
                      return Error{Errc::internal, "out of primes"};
                  });
    calls.acquire();  // the worker tried, and will pause
    const auto pair = pool.take(KeyType::ed25519);
    REQUIRE(pair.has_error());
    CHECK(pair.error().detail == "out of primes");
    CHECK(pool.level() == 0);
}

TEST_CASE("A failure in the background does not keep pairs from being made on the spot") {
    Workshop workshop;
    std::atomic<unsigned> calls = 0;
    PairPool pool(KeyType::ed25519, 1, workshop.sealer,
                  [&](KeyType type, const std::stop_token&) -> Result<KeyPair> {
                      if (calls++ == 0) return Error{Errc::internal, "out of primes"};
                      return test::fixture_pair(type);
                  });
    while (calls == 0) std::this_thread::yield();
    CHECK(pool.take(KeyType::ed25519).has_value());
}

TEST_CASE("A pool that goes while it is making a pair finishes that pair and makes no other") {
    Workshop workshop;
    auto pool = std::make_unique<PairPool>(KeyType::ed25519, std::size_t{1} << 40, workshop.sealer,
                                           workshop.generator.function());
    workshop.generator.calls.acquire();  // the worker waits inside the generator
    std::atomic<bool> going = false, gone = false;
    std::jthread end([&] {
        going = true;
        pool.reset();
        gone = true;
    });
    while (!going) std::this_thread::yield();
    while (!gone) {  // as many as it may want: it would never be full
        workshop.generator.permits.release();
        std::this_thread::yield();
    }
    const unsigned made = workshop.generator.made;
    CHECK(made >= 1);
    workshop.generator.permits.release(100);
    CHECK(workshop.generator.made == made);
}

TEST_CASE("A key generation that is asked to stop ends without a pair") {
    std::stop_source source;
    source.request_stop();
    const auto pair = generate_key_pair(KeyType::rsa_4096, source.get_token());
    REQUIRE(pair.has_error());
    CHECK(pair.error().code == Errc::unavailable);
}
