#include <catch2/catch.hpp>
#include <thread>

#include "tests/keys/registry_world.hpp"

using namespace custdkim;
using Catch::Matchers::Contains;
using test::RegistryWorld;

namespace {

using Labels = std::vector<std::string>;

Labels labels_of(const Key& key) {
    Labels labels;
    for (const Slot& slot : key.slots) labels.push_back(slot.label);
    return labels;
}

Labels selectors_of(const Key& key) {
    Labels selectors;
    for (const Slot& slot : key.slots) selectors.push_back(slot.selector);
    return selectors;
}

// A pair source that has nothing to give.
class NoPairs final : public PairSource {
  public:
    Result<SealedPair> take(KeyType) override { return Error{Errc::internal, "out of primes"}; }
};

}  // namespace

TEST_CASE("A new key has two slots, and in each a pair that is published now") {
    RegistryWorld world;
    const Key key = world.create("Acme.Example").value();
    CHECK(key.domain == test::name("acme.example"));
    CHECK(key.zone == test::name("custdkim.example.net"));
    CHECK(key.created_at == test::new_year());
    CHECK_FALSE(key.activated_at.has_value());
    REQUIRE(key.slots.size() == 2);
    for (const Slot& slot : key.slots) {
        CHECK(slot.label.size() == label_length);
        CHECK(slot.label.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789") == std::string::npos);
        REQUIRE(slot.pairs.size() == 1);
        CHECK(slot.pairs[0].published_at == test::new_year());
        CHECK_FALSE(slot.pairs[0].visible_at.has_value());
        CHECK_FALSE(slot.pairs[0].signing_since.has_value());
    }
    CHECK(key.slots[0].label != key.slots[1].label);
    CHECK(key.slots[0].pairs[0].number != key.slots[1].pairs[0].number);
    CHECK(key.slots[0].pairs[0].public_key != key.slots[1].pairs[0].public_key);
    CHECK(world.store.find(key.id).value() == key);
}

TEST_CASE("Creating a key publishes it with the serial that the store moved to") {
    RegistryWorld world;
    const Serial before = world.zone_serial(), elsewhere = world.zone_serial(1);
    const Key key = world.create("acme.example").value();
    REQUIRE(world.publisher.events.size() == 1);
    CHECK(world.publisher.events[0].published);
    CHECK(world.publisher.events[0].key == key);
    CHECK(world.publisher.events[0].serial == world.zone_serial());
    CHECK(is_newer(world.zone_serial(), before));
    CHECK(world.zone_serial(1) == elsewhere);
}

TEST_CASE("The serial moves with every key, even when the clock stands still or steps back") {
    RegistryWorld world;
    world.create("a.example").has_value();
    world.create("b.example").has_value();
    world.clock.set(test::new_year(-1000000));
    world.create("c.example").has_value();
    CHECK(world.publisher.events.size() == 3);
    CHECK_FALSE(world.publisher.went_back);
}

TEST_CASE("The private keys of a new key are stored, and open beside their public keys") {
    RegistryWorld world;
    const Key key = world.create("acme.example").value();
    for (const Slot& slot : key.slots) {
        const Pair& pair = slot.pairs[0];
        const auto sealed = world.store.private_key(key.id, pair.number).value();
        REQUIRE(sealed.has_value());
        CHECK(world.sealer.open(*sealed, pair.public_key).has_value());
    }
}

TEST_CASE("A key may be created in any configured zone") {
    RegistryWorld world;
    KeyRequest request;
    request.domain = "acme.example";
    request.zone = "dkim.example.org";
    const Serial before = world.zone_serial(1);
    CHECK(world.registry.create(request).value().zone == test::name("dkim.example.org"));
    CHECK(is_newer(world.zone_serial(1), before));
}

TEST_CASE("A request that is refused leaves no trace") {
    RegistryWorld world;
    const Serial before = world.zone_serial();
    CHECK(world.create("co.uk").has_error());
    CHECK(world.key_count() == 0);
    CHECK(world.publisher.events.empty());
    CHECK(world.zone_serial() == before);
}

TEST_CASE("Without pairs there is no key") {
    RegistryWorld world;
    NoPairs none;
    KeyRegistry registry(world.settings(), world.store, world.ledger, none, world.publisher, world.clock,
                         world.random);
    const auto key = world.create(registry, "acme.example");
    REQUIRE(key.has_error());
    CHECK(key.error().detail == "out of primes");
    CHECK(world.key_count() == 0);
}

TEST_CASE("Labels that were issued before are drawn again") {
    const auto create_elsewhere = [](RegistryWorld& world) {
        test::SameLabels same_labels;
        auto restarted = world.registry_that_draws(same_labels);
        return labels_of(world.create(restarted, "other.example").value());
    };
    RegistryWorld world, rehearsal;
    const Labels first = labels_of(world.create("acme.example").value());
    REQUIRE(create_elsewhere(rehearsal) == first);  // where they are free, these are drawn
    const Labels second = create_elsewhere(world);
    for (const std::string& label : second)
        CHECK(std::find(first.begin(), first.end(), label) == first.end());
    CHECK(world.key_count() == 2);
}

TEST_CASE("Labels that a static record has are drawn again") {
    RegistryWorld rehearsal;
    const Labels drawn = labels_of(rehearsal.create("acme.example").value());
    RegistryWorld world;
    world.publisher.reserved = {drawn.begin(), drawn.end()};
    for (const std::string& label : labels_of(world.create("acme.example").value())) {
        CHECK_FALSE(world.publisher.reserved.contains(label));
    }
}

TEST_CASE("Two slots never get the same label") {
    RegistryWorld world;
    test::StuckRandom stuck(test::SameLabels::id_draws + 2 * label_length);  // an id and both labels
    auto registry = world.registry_that_draws(stuck);
    const Key key = world.create(registry, "acme.example").value();
    CHECK(key.slots[0].label != key.slots[1].label);
    CHECK(world.key_count() == 1);
}

TEST_CASE("When no label is free, creating fails and leaves nothing behind") {
    RegistryWorld world;
    world.publisher.all_reserved = true;
    const auto reserved = world.create("acme.example");
    REQUIRE(reserved.has_error());
    CHECK((reserved.error().code == Errc::unavailable));
    world.publisher.all_reserved = false;

    test::StuckRandom stuck(1000000);
    auto registry = world.registry_that_draws(stuck);
    const auto taken = world.create(registry, "acme.example");
    REQUIRE(taken.has_error());
    CHECK((taken.error().code == Errc::unavailable));
    CHECK(world.key_count() == 0);
    CHECK(world.publisher.events.empty());
}

TEST_CASE("A selector belongs to one key of a domain only") {
    RegistryWorld world;
    world.create("acme.example", "crm1", "crm2").value();
    const auto conflict = world.create("acme.example", "other", "CRM2");
    REQUIRE(conflict.has_error());
    CHECK((conflict.error().code == Errc::conflict));
    CHECK_THAT(conflict.error().detail, Contains("'crm2'") && Contains("acme.example"));
    CHECK(world.key_count() == 1);
    CHECK(world.create("other.example", "crm1", "crm2").has_value());
}

TEST_CASE("Selectors that we choose are those that the domain does not use yet") {
    RegistryWorld world;
    CHECK(selectors_of(world.create("acme.example").value()) == Labels{"s1", "s2"});
    CHECK(selectors_of(world.create("acme.example").value()) == Labels{"s3", "s4"});
    world.create("acme.example", "s6", "crm").value();
    CHECK(selectors_of(world.create("acme.example").value()) == Labels{"s5", "s7"});
    CHECK(selectors_of(world.create("other.example").value()) == Labels{"s1", "s2"});
}

TEST_CASE("A selector that we choose fits into the customer's name, however many there are") {
    RegistryWorld world;
    std::string domain = "example";
    for (const std::size_t length : {63U, 63U, 63U, 39U}) domain = std::string(length, 'a') + "." + domain;
    for (int i = 0; i < 4; ++i) REQUIRE(world.create(domain).has_value());  // s1 to s8: 255 octets each
    const auto key = world.create(domain);                                  // s9 and s10
    REQUIRE(key.has_error());
    CHECK_THAT(key.error().detail, Contains("256 octets"));
    CHECK(world.key_count() == 4);
}

TEST_CASE("Keys created at the same time are shown in the order of their serials") {
    RegistryWorld world;
    {
        std::vector<std::jthread> clients;
        for (int client = 0; client < 4; ++client) {
            clients.emplace_back([&world, client] {
                for (int i = 0; i < 10; ++i) {
                    KeyRequest request;
                    request.domain = "c" + std::to_string(client * 10 + i) + ".example";
                    request.type = "ed25519";
                    world.registry.create(request).value();
                }
            });
        }
    }
    CHECK(world.publisher.events.size() == 40);
    CHECK_FALSE(world.publisher.went_back);
    CHECK(world.publisher.events.back().serial == world.zone_serial());
}
