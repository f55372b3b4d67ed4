// A registry, a rotator and all that they need, in memory and repeatable: what the tests of keys share.
#pragma once

#include <catch2/catch.hpp>
#include <chrono>
#include <map>
#include <mutex>
#include <set>
#include <string>
#include <vector>

#include "keys/key_orders.hpp"
#include "keys/rotator.hpp"
#include "store/memory_store.hpp"
#include "tests/support/fixture_pairs.hpp"
#include "tests/support/sample_keys.hpp"

namespace custdkim::test {

// Remembers what was shown, in order, and that serials only moved forward (R6).
class RecordingPublisher final : public Publisher {
  public:
    struct Event {
        bool published = false;  // or withdrawn
        Key key;
        Serial serial = 0;
    };

    bool is_reserved(const dns::Name&, std::string_view label) const override {
        return all_reserved || reserved.contains(std::string(label));
    }
    void publish(const Key& key, Serial serial) override { record({true, key, serial}); }
    void withdraw(const Key& key, Serial serial) override { record({false, key, serial}); }

    std::set<std::string> reserved;
    bool all_reserved = false;
    std::vector<Event> events;
    bool went_back = false;

  private:
    void record(Event event) {
        const std::lock_guard lock(mutex_);
        for (const Event& before : events) {
            if (before.key.zone == event.key.zone && !is_newer(event.serial, before.serial)) went_back = true;
        }
        events.push_back(std::move(event));
    }
    std::mutex mutex_;
};

// Draws zeroes a number of times, then goes on like a seeded generator.
class StuckRandom final : public Random {
  public:
    explicit StuckRandom(unsigned draws) : stuck_(draws) {}
    void fill(std::span<std::uint8_t> bytes) override {
        after_.fill(bytes);
        if (stuck_ == 0) return;
        --stuck_;
        for (std::uint8_t& byte : bytes) byte = 0x77;
    }

  private:
    unsigned stuck_;
    SeededRandom after_{1};
};

// Draws another id than SeededRandom(7) does, and then the same labels.
class SameLabels final : public Random {
  public:
    void fill(std::span<std::uint8_t> bytes) override {
        same_.fill(bytes);
        if (drawn_++ < id_draws) id_.fill(bytes);
    }
    static constexpr unsigned id_draws = 15;

  private:
    unsigned drawn_ = 0;
    SeededRandom same_{7}, id_{8};
};

// Name servers that show everything, or nothing.
class ScriptedSight final : public Visibility {
  public:
    std::vector<Sighting> look(const std::vector<Wanted>& wanted) override {
        looks += wanted.size();
        return std::vector<Sighting>(wanted.size(), {visible, visible ? "" : "ns1 does not have it"});
    }
    bool visible = true;
    std::size_t looks = 0;
};

// Customers' DNS, the same for all, but for the domains that are named.
class ScriptedDns final : public CustomerDns {
  public:
    SlotLook look(const Key& key, const Slot& slot) override {
        const auto found = of.find(key.domain.text());
        const Outcome outcome = found == of.end() ? everybody : found->second;
        const Pair* const published = slot.published();
        if (outcome == Outcome::pass) return {{outcome, "", "", "", {}}, published ? published->number : 0};
        const std::string cause = outcome == Outcome::fail ? "missing" : cause_of_unknown;
        return {{outcome, cause, "there is no CNAME", "publish it", {}}, 0};
    }
    Outcome everybody = Outcome::pass;
    std::string cause_of_unknown = "could-not-tell";
    std::map<std::string, Outcome> of;
};

// Pairs that are there as long as there are some left.
class CountedPairs final : public PairOrders {
  public:
    void want(KeyType, std::size_t count) override { wanted = count; }
    std::optional<SealedPair> collect(KeyType type) override {
        if (left == 0) return std::nullopt;
        --left;
        return SealedPair{type, sample_public_key(type, ++made_), Bytes{1, 2, 3}};
    }
    std::size_t left = 1000000;
    std::size_t wanted = 0;

  private:
    unsigned made_ = 100;
};

// A store that fails when it is told to.
class FailingStore final : public MemoryStore {
  public:
    Result<std::vector<Committed>> commit(std::span<const Change> changes, Timestamp now) override {
        if (fail_commits) return Error{Errc::no_space, "the disk is full"};
        batches.push_back(changes.size());
        return MemoryStore::commit(changes, now);
    }
    void catch_up() override { ++caught_up; }
    bool fail_commits = false;
    std::vector<std::size_t> batches;
    int caught_up = 0;
};

struct RegistryWorld {
    static constexpr Duration retention = std::chrono::hours(25 * 24);
    const std::vector<dns::Name> zones{name("custdkim.example.net"), name("dkim.example.org")};

    SeededRandom sealing_random{1};
    Sealer sealer{SecretBytes(32), sealing_random};
    FailingStore store;
    FixturePairs pairs{sealer};
    RecordingPublisher publisher;
    SimulatedClock clock{new_year()};
    SeededRandom random{7};
    RotationPolicy policy;
    Ledger ledger{store, publisher, clock};
    KeyRegistry registry{settings(), store, ledger, pairs, publisher, clock, random};
    ScriptedSight sight;
    ScriptedDns customer_dns;
    CountedPairs made;
    Rotator rotator{{store, ledger, made, sight, customer_dns, clock, policy_of(),
                     [](const Key&, const Pair&) -> Result<Bytes> { return Bytes{7}; }}};
    KeyOrders orders{registry, ledger, customer_dns, sight};

    RegistryWorld() {
        store.open_zones(zones, clock.now()).value();
        ledger.set_observer([this](const Key& key) { rotator.note(key); });
        rotator.start().value();
    }
    RegistryWorld(const RegistryWorld&) = delete;

    PolicyOf policy_of() {
        return [this](const dns::Name&) -> const RotationPolicy& { return policy; };
    }
    RegistrySettings settings() { return {zones, policy_of()}; }

    // Does what is due now, until nothing is.
    std::optional<Timestamp> settle() {
        std::optional<Timestamp> next;
        for (int round = 0; round < 1000; ++round) {
            next = rotator.work();
            if (!next || *next > clock.now()) return next;
        }
        FAIL("the rotator finds no end");
        return next;
    }
    // Lives until then, from due time to due time.
    void live_until(Timestamp end) {
        for (;;) {
            const auto next = settle();
            if (!next || *next > end) break;
            clock.advance(*next - clock.now());
        }
        if (end > clock.now()) clock.advance(end - clock.now());
        settle();
    }
    std::vector<std::string> history(const std::string& id) {
        std::vector<std::string> actions;
        for (const Event& event : store.events({id, 0, 1000}).value()) actions.push_back(event.action);
        return actions;
    }

    // Another registry over the same store and zone, as after a restart, that draws what it is given.
    KeyRegistry registry_that_draws(Random& other) {
        return KeyRegistry(settings(), store, ledger, pairs, publisher, clock, other);
    }

    Result<Key> create(KeyRegistry& by, const std::string& domain, const std::string& selector = "",
                       const std::string& alternate = "") {
        KeyRequest request;
        request.domain = domain;
        request.type = "ed25519";
        if (!selector.empty()) request.selector = selector;
        if (!alternate.empty()) request.alternate_selector = alternate;
        return by.create(request);
    }
    Result<Key> create(const std::string& domain, const std::string& selector = "",
                       const std::string& alternate = "") {
        return create(registry, domain, selector, alternate);
    }

    // A key whose first pair signs since its creation, put into the store as if it had been activated.
    Key insert_active(const std::string& id, const std::vector<std::string>& labels,
                      const std::string& domain = "acme.example") {
        Key key = sample_key(id, labels);
        key.domain = name(domain);
        key.created_at = clock.now();
        key.activated_at = clock.now();
        key.slots[0].pairs[0].visible_at = clock.now();
        key.slots[0].pairs[0].signing_since = clock.now();
        std::vector<SealedPrivateKey> private_keys;
        for (const Slot& slot : key.slots) private_keys.push_back({slot.pairs[0].number, Bytes{1, 2, 3}});
        const Insertion insertion = store.insert({key, private_keys, {}}, clock.now()).value();
        REQUIRE((insertion.status == Insertion::Status::done));
        rotator.note(key);
        return key;
    }

    Serial zone_serial(std::size_t zone = 0) {
        return store.open_zones(zones, clock.now()).value()[zone].serial;
    }
    std::uint64_t key_count() { return store.count_keys().value(); }
};

}  // namespace custdkim::test
