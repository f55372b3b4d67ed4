#include "keys/event_bell.hpp"

#include <catch2/catch.hpp>

#include "keys/ledger.hpp"
#include "store/memory_store.hpp"
#include "tests/support/sample_keys.hpp"

namespace custdkim::test {

TEST_CASE("Who listens is called at every ring, until the listening ends") {
    EventBell bell;
    int first = 0, second = 0;
    auto listening = bell.listen([&] { ++first; });
    {
        const auto short_one = bell.listen([&] { ++second; });
        bell.ring();
    }
    bell.ring();
    CHECK(first == 2);
    CHECK(second == 1);
    listening = {};
    bell.ring();
    CHECK(first == 2);
}

TEST_CASE("The ledger's bell rings behind each commit, when its event can be read") {
    class Silent final : public Publisher {
      public:
        void publish(const Key&, Serial) override {}
        void withdraw(const Key&, Serial) override {}
        bool is_reserved(const dns::Name&, std::string_view) const override { return false; }
    } silent;
    MemoryStore store;
    SimulatedClock clock(new_year());
    Ledger ledger(store, silent, clock);
    const auto zone = name("custdkim.example.net");
    store.open_zones({&zone, 1}, clock.now()).value();
    std::vector<std::size_t> events;
    const auto listening = ledger.bell().listen([&] { events.push_back(store.events({}).value().size()); });
    Key key = sample_key("k1", {"aaaaaa", "bbbbbb"});
    ledger.insert({key, {}, {0, clock.now(), "operator", "create", "k1", "acme.example", ""}}).value();
    Change change;
    change.key = key;
    change.event = {0, clock.now(), "operator", "deactivate", "k1", "acme.example", ""};
    ledger.commit(change).value();
    ++key.version;
    ledger.erase(key, {0, clock.now(), "operator", "delete", "k1", "acme.example", ""}).value();
    CHECK(events == std::vector<std::size_t>{1, 2, 3});
}

}  // namespace custdkim::test
