// How long private keys are kept, and when they are not.
#include "sending/private_keys.hpp"

#include <catch2/catch.hpp>
#include <thread>

#include "key_shelf.hpp"
#include "tests/support/fixture_pairs.hpp"
#include "tests/support/sample_keys.hpp"

namespace custdkim::test {

namespace {

using std::chrono::seconds;

struct PrivateKeysWorld {
    SeededRandom random{1};
    Sealer sealer{SecretBytes(32), random};
    KeyShelf shelf;
    SimulatedClock clock{Timestamp(Duration(1717243200))};
    PrivateKeys private_keys{shelf, sealer, clock, {seconds(10), 3}};
    int reads = 0;  // of the store

    PrivateKeysWorld() {
        shelf.before_private_key = [this] { ++reads; };
    }

    Key add(const std::string& id, KeyType type = KeyType::ed25519) {
        Key key = sample_key(id, {"aaaaaa", "bbbbbb"}, type);
        for (Slot& slot : key.slots) {
            Pair& pair = slot.pairs[0];
            const KeyPair made = fixture_pair(type, pair.number);
            pair.public_key = made.public_key;
            shelf.private_keys[{id, pair.number}] = sealer.seal(made.private_key.span(), made.public_key);
        }
        key.slots[0].pairs[0].signing_since = key.created_at;
        return key;
    }
    std::shared_ptr<const PrivateKey> take(const Key& key) { return private_keys.of(key).value(); }
};

}  // namespace

TEST_CASE("A private key is unsealed once in ten seconds, and then it is gone") {
    PrivateKeysWorld world;
    const Key key = world.add("k1", GENERATE(KeyType::rsa_2048, KeyType::ed25519));
    const std::weak_ptr<const PrivateKey> first = world.take(key);
    CHECK(first.lock()->type() == key.type);
    world.clock.advance(seconds(9));
    CHECK(world.take(key) == first.lock());
    CHECK(world.reads == 1);
    world.clock.advance(seconds(1));
    CHECK(first.lock());
    world.private_keys.forget_old();
    CHECK_FALSE(first.lock());
    CHECK(world.private_keys.size() == 0);
    CHECK(world.take(key));
    CHECK(world.reads == 2);
}

TEST_CASE("Being asked for does not keep a private key longer") {
    PrivateKeysWorld world;
    const Key key = world.add("k1");
    for (int n = 0; n < 20; ++n) {
        world.take(key);
        world.clock.advance(seconds(3));
    }
    CHECK(world.reads == 5);  // at 0, 12, 24, 36 and 48
}

TEST_CASE("After the clock was stepped back nothing stays longer") {
    PrivateKeysWorld world;
    const Key key = world.add("k1");
    world.take(key);
    world.clock.set(world.clock.now() - seconds(3600));
    world.take(key);
    CHECK(world.reads == 2);
    CHECK(world.private_keys.size() == 1);
}

TEST_CASE("There are never more private keys than allowed; the oldest goes") {
    PrivateKeysWorld world;
    std::vector<Key> keys;
    for (const char* id : {"k1", "k2", "k3", "k4"}) keys.push_back(world.add(id));
    for (const Key& key : keys) world.take(key);
    CHECK(world.private_keys.size() == 3);
    CHECK(world.reads == 4);
    world.take(keys[1]);
    CHECK(world.reads == 4);
    world.take(keys[0]);
    CHECK(world.reads == 5);
}

TEST_CASE("A key that changes is forgotten at once, and no other one") {
    PrivateKeysWorld world;
    const Key key = world.add("k1"), other = world.add("k2");
    const std::weak_ptr<const PrivateKey> first = world.take(key);
    world.take(other);
    world.private_keys.forget("k1");
    CHECK_FALSE(first.lock());
    CHECK(world.private_keys.size() == 1);
    world.take(other);
    CHECK(world.reads == 2);
    world.private_keys.forget("k1");
    world.private_keys.forget("nobody");
}

TEST_CASE("What changes while it is read is not kept") {
    PrivateKeysWorld world;
    const Key key = world.add("k1");
    world.shelf.before_private_key = [&] { world.private_keys.forget("k1"); };
    CHECK(world.take(key));
    CHECK(world.private_keys.size() == 0);
}

TEST_CASE("The pair that signs is had, and no other one") {
    PrivateKeysWorld world;
    Key key = world.add("k1");
    const auto first = world.take(key);
    key.slots[0].pairs[0].retired_at = world.clock.now();
    CHECK(world.private_keys.of(key).error().code == Errc::refused);
    key.slots[1].pairs[0].signing_since = world.clock.now();
    CHECK(world.take(key) != first);
    CHECK(world.private_keys.size() == 1);
}

TEST_CASE("A private key that is gone is nothing, and one that was altered is an error; neither is kept") {
    PrivateKeysWorld world;
    const Key key = world.add("k1");
    Bytes& sealed = world.shelf.private_keys[{"k1", 1}];
    SECTION("gone") {
        world.shelf.private_keys.clear();
        CHECK(world.private_keys.of(key).value() == nullptr);
    }
    SECTION("altered") {
        sealed.back() ^= 1;
        CHECK(world.private_keys.of(key).error().code == Errc::corrupt);
    }
    SECTION("another pair's") {
        sealed = world.shelf.private_keys[{"k1", 2}];
        CHECK(world.private_keys.of(key).error().code == Errc::corrupt);
    }
    CHECK(world.private_keys.size() == 0);
}

TEST_CASE("Where private keys are not to be kept, each signature unseals one") {
    PrivateKeysWorld world;
    const Key key = world.add("k1");
    PrivateKeys none(world.shelf, world.sealer, world.clock, {Duration(0), 3});
    PrivateKeys nowhere(world.shelf, world.sealer, world.clock, {Duration(10), 0});
    for (int n = 0; n < 3; ++n) {
        CHECK(none.of(key).value());
        CHECK(nowhere.of(key).value());
    }
    CHECK(world.reads == 6);
    CHECK(nowhere.size() == 0);
}

TEST_CASE("Private keys are had by many threads while keys change") {
    PrivateKeysWorld world;
    world.shelf.before_private_key = [] {};
    std::vector<Key> keys;
    for (const char* id : {"k1", "k2", "k3", "k4"}) keys.push_back(world.add(id));
    std::vector<std::thread> threads;
    for (unsigned n = 0; n < 4; ++n) {
        threads.emplace_back([&, n] {
            for (unsigned i = 0; i < 200; ++i) {
                if (i % 5 == 0) world.private_keys.forget(keys[n].id);
                if (!world.private_keys.of(keys[(i + n) % 4]).value()) std::abort();
            }
        });
    }
    for (std::thread& thread : threads) thread.join();
    CHECK(world.private_keys.size() <= 3);
}

}  // namespace custdkim::test
