// What operators order: done, refused with a reason, or told when it will be.
#include "keys/rotation_turn.hpp"
#include "tests/keys/registry_world.hpp"

namespace custdkim::test {

namespace {

constexpr Duration day = std::chrono::days(1);

Key active_key(RegistryWorld& world) {
    const Key key = world.create("acme.example").value();
    world.settle();
    return world.orders.activate(key.id).value();
}

}  // namespace

TEST_CASE("A key whose CNAMEs pass is activated, and signs with the first slot's pair") {
    RegistryWorld world;
    const Key key = active_key(world);
    CHECK(key.activated_at == world.clock.now());
    CHECK(signing_pair(key)->slot == 0);
    CHECK(key.slots[0].check.passing_since == world.clock.now());
    CHECK((world.orders.activate(key.id).value() == key));  // once more changes nothing
    CHECK(world.history(key.id).back() == "activate");
}

TEST_CASE("An ordered look is an event where it found something else than the one before") {
    RegistryWorld world;
    const Key key = world.create("acme.example").value();
    const auto looks = [&] {
        const auto history = world.history(key.id);
        return std::count(history.begin(), history.end(), "verify");
    };
    world.customer_dns.everybody = Outcome::fail;
    world.orders.verify(key.id).value();
    CHECK(looks() == 1);
    world.clock.advance(day);
    const Key seen = world.orders.verify(key.id).value();
    CHECK(looks() == 1);
    CHECK(seen.slots[0].check.last->checked_at == world.clock.now());
    CHECK((world.registry.find(key.id).value() == seen));
    world.customer_dns.everybody = Outcome::pass;
    world.orders.verify(key.id).value();
    world.orders.verify(key.id).value();
    CHECK(looks() == 2);
    // What somebody tried is told.
    world.customer_dns.everybody = Outcome::fail;
    for (int tries = 0; tries < 2; ++tries) CHECK(world.orders.activate(key.id).has_error());
    CHECK(looks() == 4);
}

TEST_CASE("A key is not activated while a CNAME is missing, and the finding is kept") {
    RegistryWorld world;
    world.create("acme.example").value();
    world.customer_dns.everybody = Outcome::fail;
    const auto refused = world.orders.activate("acme.example");
    REQUIRE_FALSE(refused.has_value());
    CHECK((refused.error().code == Errc::refused));
    CHECK(refused.error().detail ==
          "the key cannot be activated: s1._domainkey.acme.example: there is no CNAME; publish it");
    const Key key = world.registry.find("acme.example").value();
    CHECK_FALSE(signing_pair(key));
    CHECK(key.slots[1].check.last->cause == "missing");
}

TEST_CASE("Not being able to tell is not a no") {
    RegistryWorld world;
    world.create("acme.example").value();
    world.customer_dns.everybody = Outcome::unknown;
    const auto unknown = world.orders.activate("acme.example");
    REQUIRE_FALSE(unknown.has_value());
    CHECK((unknown.error().code == Errc::unavailable));
    CHECK(unknown.error().detail.find("it could not be told") == 0);
}

TEST_CASE("What keeps the record from being seen is a no, if it can be named") {
    RegistryWorld world;
    world.create("acme.example").value();
    world.customer_dns.everybody = Outcome::unknown;
    world.customer_dns.cause_of_unknown = "zone-not-loaded";
    const auto named = world.orders.activate("acme.example");
    REQUIRE_FALSE(named.has_value());
    CHECK((named.error().code == Errc::refused));
    CHECK((world.registry.find("acme.example").value().slots[0].check.last->outcome == Outcome::unknown));
}

TEST_CASE("The gate answers with the findings of all slots, and keeps them") {
    RegistryWorld world;
    world.create("acme.example").value();
    world.customer_dns.everybody = Outcome::fail;
    const auto answer = world.orders.pass_gate("acme.example", {});
    REQUIRE(answer.has_value());
    REQUIRE(answer->refusal);
    CHECK((answer->refusal->code == Errc::refused));
    for (const Slot& slot : answer->key.slots) CHECK(slot.check.last->fix == "publish it");
    CHECK((world.registry.find("acme.example").value() == answer->key));
}

TEST_CASE(
    "Only where the configuration allows it a key is activated by force, and the audit log has it all") {
    RegistryWorld world;
    const Key key = world.create("acme.example").value();
    world.customer_dns.everybody = Outcome::fail;
    CHECK(world.orders.pass_gate(key.id, {true, "they insist"}).error().detail.find("allow_force") !=
          std::string::npos);
    KeyOrders orders(world.registry, world.ledger, world.customer_dns, world.sight, true);
    for (const char* reason : {"", "two\nlines", "\x1b[2J"}) {
        CHECK((orders.pass_gate(key.id, {true, reason}).error().code == Errc::invalid));
    }
    CHECK(orders.pass_gate(key.id, {}).value().refusal);
    world.sight.visible = false;
    CHECK((orders.pass_gate(key.id, {true, "they insist"}).error().code == Errc::unavailable));  // R2
    world.sight.visible = true;
    const auto forced = orders.pass_gate(key.id, {true, "they insist"});
    REQUIRE(forced.has_value());
    CHECK_FALSE(forced->refusal);
    CHECK(signing_pair(forced->key));
    const Event event = world.store.events({key.id, 0, 1000}).value().back();
    CHECK(event.actor == "operator");
    CHECK(event.action == "activate");
    CHECK(event.detail ==
          "s1, pair 1: signs, by force: they insist; overridden: s1: fail (missing), s2: fail (missing)");
}

TEST_CASE("What a forced key's looks found before does not count; what the watch sees does") {
    RegistryWorld world;
    const Key key = world.create("acme.example").value();
    world.customer_dns.everybody = Outcome::fail;
    for (int i = 0; i < 5; ++i) {
        world.orders.verify(key.id).value();
        world.clock.advance(day);
    }
    KeyOrders orders(world.registry, world.ledger, world.customer_dns, world.sight, true);
    orders.pass_gate(key.id, {true, "they insist"}).value();
    world.live_until(world.clock.now() + day);
    const auto all = world.history(key.id);
    CHECK(std::count(all.begin(), all.end(), "warning") == 2);  // one for each slot
}

TEST_CASE("A key is not activated before its record is visible") {
    RegistryWorld world;
    world.create("acme.example").value();
    world.sight.visible = false;
    const auto early = world.orders.activate("acme.example");
    REQUIRE_FALSE(early.has_value());
    CHECK((early.error().code == Errc::unavailable));
    CHECK(early.error().detail.find("is not visible yet: ns1 does not have it") != std::string::npos);
    world.sight.visible = true;
    CHECK(world.orders.activate("acme.example").has_value());  // it looks by itself
}

TEST_CASE("Deactivated, the key does not sign; activated again, it signs with the same pair") {
    RegistryWorld world;
    const Key key = active_key(world);
    const unsigned pair = signing_pair(key)->pair->number;
    CHECK_FALSE(signing_pair(world.orders.deactivate(key.id).value()));
    CHECK(world.orders.deactivate(key.id).has_value());
    world.live_until(new_year() + 3 * day);
    CHECK(signing_pair(world.orders.activate(key.id).value())->pair->number == pair);
}

TEST_CASE("Activated again with a new pair, the key waits until caches have forgotten the old one") {
    RegistryWorld world;
    const Key key = active_key(world);
    world.live_until(new_year() + 56 * day);  // s1 has its second pair, and does not sign with it yet
    world.orders.rotate(key.id, true, false).value();
    world.orders.deactivate(key.id).value();
    world.settle();
    const auto early = world.orders.activate(key.id);
    REQUIRE_FALSE(early.has_value());
    CHECK((early.error().code == Errc::unavailable));
    CHECK(early.error().detail.find("caches may hold what s1.") == 0);
    world.live_until(new_year() + 59 * day);
    CHECK(signing_pair(world.orders.activate(key.id).value())->slot == 0);
}

TEST_CASE("To only tell changes nothing") {
    RegistryWorld world;
    const Key key = active_key(world);
    world.live_until(new_year() + 10 * day);
    const Key before = world.registry.find(key.id).value();
    const RotationOrder told = world.orders.rotate(key.id, true, true).value();
    CHECK(told.forecast.sign_at == world.clock.now());
    CHECK(told.consequence.is_revoked);
    CHECK(told.consequence.selector == "s1");
    CHECK(told.consequence.signed_since == world.clock.now() - 5 * day);
    CHECK(world.orders.revoke(key.id, true).value().consequences.size() == 1);
    CHECK((world.registry.find(key.id).value() == before));
}

TEST_CASE("A compromised pair is gone, from the records and the store, as soon as signing has moved") {
    RegistryWorld world;
    const Key key = active_key(world);
    world.live_until(new_year() + 10 * day);
    world.orders.rotate(key.id, true, false).value();
    world.settle();
    const Key after = world.registry.find(key.id).value();
    CHECK(signing_pair(after)->slot == 1);
    CHECK(after.slots[0].pairs[0].revoked_at);
    CHECK_FALSE(world.store.private_key(key.id, 1).value());
    CHECK(world.publisher.events.back().key.slots[0].pairs[0].revoked_at);
}

TEST_CASE("What does not sign cannot be rotated") {
    RegistryWorld world;
    const Key key = world.create("acme.example").value();
    CHECK((world.orders.rotate(key.id, false, false).error().code == Errc::conflict));
    CHECK((world.orders.rotate("nobody.example", false, false).error().code == Errc::not_found));
}

TEST_CASE("A revoked key is revoked for good") {
    RegistryWorld world;
    const Key key = active_key(world);
    CHECK(world.orders.revoke(key.id, false).value().key.revoked_at);
    CHECK((world.orders.activate(key.id).error().code == Errc::conflict));
    CHECK((world.orders.verify(key.id).error().code == Errc::conflict));
    CHECK(world.orders.revoke(key.id, false).has_value());
    CHECK_FALSE(world.store.private_key(key.id, 1).value());
    CHECK_FALSE(world.store.private_key(key.id, 2).value());
    CHECK(world.registry.remove(key.id).value().withdrawn);  // nothing is lost by that any more
}

TEST_CASE("Keys get as many slots as the policy says, with pairs or placeholders") {
    RegistryWorld world;
    world.policy.slots = 3;
    CHECK(world.create("three.example").value().slots.size() == 3);
    CHECK(world.create("named.example", "a", "b").error().detail ==
          "keys in custdkim.example.net have 3 slots; give as many selectors, or none");
    world.policy.alternate_at_creation = AlternateAtCreation::placeholder;
    const Key key = world.create("placeholder.example").value();
    CHECK(key.slots[0].pairs.size() == 1);
    CHECK(key.slots[1].pairs.empty());
    CHECK(world.orders.activate(key.id).has_value());
}

}  // namespace custdkim::test
