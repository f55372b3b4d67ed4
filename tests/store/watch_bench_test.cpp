// What the watch over many active keys costs where looks cost nothing: the store's part and the rotator's.
// Hidden; run it in a release build: store_tests "[.bench]".
#include <catch2/catch.hpp>

#include <chrono>
#include <ctime>
#include <iostream>

#include "keys/rotator.hpp"
#include "many_keys.hpp"

namespace custdkim::test {

namespace {

constexpr int watched_keys = 100000;

// Everybody's CNAMEs are right, and the look takes no time.
class InstantDns final : public CustomerDns {
  public:
    SlotLook look(const Key&, const Slot& slot) override {
        ++looks;
        return {{Outcome::pass, "", "", "", {}}, slot.published()->number};
    }
    std::size_t looks = 0;
};

class NothingShown final : public Publisher {
  public:
    bool is_reserved(const dns::Name&, std::string_view) const override { return false; }
    void publish(const Key&, Serial) override { ++shown; }
    void withdraw(const Key&, Serial) override { ++shown; }
    std::size_t shown = 0;
};

class NoPairs final : public PairOrders {
  public:
    void want(KeyType, std::size_t) override {}
    std::optional<SealedPair> collect(KeyType) override { return std::nullopt; }
};

class NobodySees final : public Visibility {
  public:
    std::vector<Sighting> look(const std::vector<Wanted>& wanted) override {
        return std::vector<Sighting>(wanted.size(), {false, "not looked at"});
    }
};

// Signs with s1 since the new year, and was looked at then.
Key watched_key() {
    Key key = sample_key("k0", {"aaaaaa", "bbbbbb"});
    key.activated_at = new_year();
    for (Slot& slot : key.slots) {
        slot.pairs[0].visible_at = new_year();
        record_look(slot, {{Outcome::pass, "", "", "", {}}, slot.pairs[0].number}, new_year());
    }
    key.slots[0].pairs[0].signing_since = new_year();
    return key;
}

double cpu_seconds() { return static_cast<double>(std::clock()) / CLOCKS_PER_SEC; }

}  // namespace

TEST_CASE("What it costs to watch 100,000 keys for a day", "[.bench]") {
    const TemporaryDirectory directory;
    SqliteFile world(directory / "keys.db");
    world.store().insert({watched_key(), {}, event_of(watched_key(), "create")}, new_year()).value();
    multiply_key(directory / "keys.db", watched_keys);
    SimulatedClock clock{new_year()};
    InstantDns customer_dns;
    NothingShown publisher;
    NoPairs pairs;
    NobodySees visibility;
    const RotationPolicy policy;
    Ledger ledger(world.store(), publisher, clock);
    Rotator rotator({world.store(), ledger, pairs, visibility, customer_dns, clock,
                     [&](const dns::Name&) -> const RotationPolicy& { return policy; },
                     [](const Key&, const Pair&) -> Result<Bytes> { return Bytes{}; }});
    ledger.set_observer([&](const Key& key) { rotator.note(key); });
    rotator.start().value();
    world.store().for_each_key([&](const Key& key) { rotator.note(key); }).value();
    const Serial serial = world.zone().serial;
    const auto live_until = [&](Timestamp end) {
        for (auto next = rotator.work(); next && *next <= end; next = rotator.work()) {
            clock.advance(std::max(*next - clock.now(), Duration(0)));
        }
    };
    const double before = cpu_seconds();
    const auto begun = std::chrono::steady_clock::now();
    constexpr Duration length = std::chrono::hours(24);
    live_until(new_year() + std::chrono::hours(12) + length);  // the first half day is too early for all
    const double used = cpu_seconds() - before;
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begun;
    std::cout << customer_dns.looks << " looks at " << watched_keys << " keys in a day: " << used
              << " s of CPU, which is " << used * 100 / static_cast<double>(length.count())
              << " % of a core, and " << took.count() << " s with the disk\n";
    CHECK(customer_dns.looks >= 2 * watched_keys);
    CHECK(customer_dns.looks < 2 * watched_keys + 10);  // some begin the next day at the last second
    CHECK(used < 0.02 * static_cast<double>(length.count()));
    CHECK(world.zone().serial == serial);
    CHECK(publisher.shown == 0);
}

}  // namespace custdkim::test
