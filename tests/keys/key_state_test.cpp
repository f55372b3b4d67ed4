#include "keys/key_state.hpp"

#include "keys/rotation.hpp"

#include <catch2/catch.hpp>

#include "tests/support/sample_keys.hpp"

using namespace custdkim;
using namespace std::chrono_literals;
using test::new_year;

namespace {

constexpr Duration day = 24h;

// Published on day 0, visible on day 1, signing from day 5 to day 35.
Pair rotated_pair() {
    Pair pair = test::sample_pair(1, KeyType::ed25519, 1);
    pair.visible_at = new_year() + day;
    pair.signing_since = new_year() + 5 * day;
    pair.retired_at = new_year() + 35 * day;
    return pair;
}

std::string state(const Pair& pair, Timestamp now) {
    return std::string(to_string(state_of(pair, &pair, now)));
}

Key key_with(std::vector<Pair> first, std::vector<Pair> second = {}) {
    Key key = test::sample_key("k1", {"aaaaaa", "bbbbbb"});
    key.slots[0].pairs = std::move(first);
    key.slots[1].pairs = std::move(second);
    return key;
}

Pair signing(unsigned number, std::optional<Timestamp> since, std::optional<Timestamp> until = {}) {
    Pair pair = test::sample_pair(number, KeyType::ed25519, number);
    pair.signing_since = since;
    pair.retired_at = until;
    return pair;
}

}  // namespace

TEST_CASE("A pair passes through its states at the second that its facts say") {
    const Pair pair = rotated_pair();
    CHECK(state(pair, new_year() - 1s) == "generated");
    CHECK(state(pair, new_year()) == "published");
    CHECK(state(pair, new_year() + day - 1s) == "published");
    CHECK(state(pair, new_year() + day) == "ready");
    CHECK(state(pair, new_year() + 5 * day - 1s) == "ready");
    CHECK(state(pair, new_year() + 5 * day) == "active");
    CHECK(state(pair, new_year() + 35 * day - 1s) == "active");
    CHECK(state(pair, new_year() + 35 * day) == "retired");
}

TEST_CASE("A pair that was made and never published is generated, whatever the time") {
    Pair pair = test::sample_pair(1, KeyType::ed25519, 1);
    pair.published_at.reset();
    CHECK(state(pair, new_year() + 1000 * day) == "generated");
}

TEST_CASE("A pair that nobody saw yet is not ready, however long it was published") {
    Pair pair = rotated_pair();
    pair.visible_at = pair.signing_since = pair.retired_at = std::nullopt;
    CHECK(state(pair, new_year() + 1000 * day) == "published");
}

TEST_CASE("A pair is removed once a newer one is published in its slot") {
    const Pair old = rotated_pair();
    Pair newer = rotated_pair();
    newer.number = 2;
    const Timestamp late = new_year() + 60 * day;
    CHECK((state_of(old, &newer, late) == PairState::removed));
    CHECK((state_of(newer, &newer, late) == PairState::retired));
    CHECK((state_of(newer, &old, late) == PairState::retired));
    CHECK((state_of(old, nullptr, late) == PairState::retired));
}

TEST_CASE("A slot publishes the newest pair that was written, not one that is merely made") {
    Slot slot{"s1", "aaaaaa", {}};
    CHECK(slot.published() == nullptr);
    slot.pairs = {test::sample_pair(1, KeyType::ed25519, 1), test::sample_pair(3, KeyType::ed25519, 3)};
    CHECK(slot.published()->number == 3);
    slot.pairs[1].published_at.reset();
    CHECK(slot.published()->number == 1);
    slot.pairs[0].published_at.reset();
    CHECK(slot.published() == nullptr);
}

TEST_CASE("A key is active while one of its pairs signs") {
    CHECK((status_of(key_with({signing(1, {})}, {signing(2, {})})) == KeyStatus::inactive));
    const Key active = key_with({signing(1, new_year(), new_year(100))}, {signing(2, new_year(100))});
    CHECK((status_of(active) == KeyStatus::active));
    CHECK(signing_slot(active) == &active.slots[1]);
    const Key stopped = key_with({signing(1, new_year(), new_year(100))}, {signing(2, {})});
    CHECK((status_of(stopped) == KeyStatus::inactive));
    CHECK(signing_slot(stopped) == nullptr);
}

TEST_CASE("A key that never signed was never used") {
    CHECK_FALSE(last_use(key_with({signing(1, {})}, {signing(2, {})}), new_year(1000)).has_value());
    CHECK_FALSE(last_use(key_with({}), new_year(1000)).has_value());
}

TEST_CASE("A key that signs is in use now") {
    CHECK(last_use(key_with({signing(1, new_year())}), new_year(1000)) == new_year(1000));
    CHECK(last_use(key_with({signing(1, new_year(), new_year(100))}, {signing(2, new_year(100))}),
                   new_year(1000)) == new_year(1000));
}

TEST_CASE("The last use of a key that stopped is that of the pair that signed last") {
    const Pair early = signing(1, new_year(), new_year(100)), late = signing(2, new_year(100), new_year(200));
    CHECK(last_use(key_with({early}, {late}), new_year(1000)) == new_year(200));
    CHECK(last_use(key_with({late}, {early}), new_year(1000)) == new_year(200));
    CHECK(last_use(key_with({late, signing(3, {})}, {early}), new_year(1000)) == new_year(200));
}

TEST_CASE("The records of a key that never signed may go when it is deleted") {
    Key key = key_with({signing(1, {})}, {signing(2, {})});
    key.deleted_at = new_year(500);
    CHECK(withdraw_at(key, 25 * day) == new_year(500));
}

TEST_CASE("The records of a key that signed stay for the retention after its last signature") {
    Key key = key_with({signing(1, new_year(), new_year(100))}, {signing(2, new_year(100), new_year(500))});
    key.deleted_at = new_year(500);
    CHECK(withdraw_at(key, 25 * day) == new_year(500) + 25 * day);

    Key idle = key_with({signing(1, new_year(), new_year(100))}, {signing(2, {})});
    idle.deleted_at = new_year() + 20 * day;  // it had stopped long before
    CHECK(withdraw_at(idle, 25 * day) == new_year(100) + 25 * day);
}

TEST_CASE("A pair that signs at the moment of deletion counts as used until then") {
    Key key = key_with({signing(1, new_year())});
    key.deleted_at = new_year(500);
    CHECK(withdraw_at(key, 25 * day) == new_year(500) + 25 * day);
}
