// The service on a clock that is moved: what is due happens in order, and somebody can wait for it.
#include <catch2/catch.hpp>
#include <future>

#include "tests/service/service_world.hpp"

namespace custdkim::test {

namespace {

constexpr Duration day = std::chrono::days(1);

void live_until(ServiceWorld& world, Timestamp end) {
    while (const auto due = world.service->settle()) {
        if (*due > end) break;
        world.clock.advance(*due - world.clock.now());
    }
    world.clock.advance(end - world.clock.now());
}

}  // namespace

TEST_CASE("A created key is settled when its records were seen") {
    ServiceWorld world;
    world.create();
    const auto due = world.service->settle();
    const Key key = world.key();
    CHECK(key.slots[0].pairs[0].visible_at == new_year());
    CHECK(key.slots[1].pairs[0].visible_at == new_year());
    CHECK((!due || *due > new_year()));
}

TEST_CASE("A clock that is moved makes a key rotate, each step at its time") {
    ServiceWorld world;
    world.create();
    CHECK(world.service->orders().activate("acme.example").has_value());
    CHECK(world.signer() == "s1");
    const std::string before = slot_record_text(world.key(), world.key().slots[1]);
    live_until(world, new_year() + 25 * day);
    world.service->settle();
    CHECK(slot_record_text(world.key(), world.key().slots[1]) != before);
    CHECK(world.key().slots[1].published()->published_at == new_year() + 25 * day);
    CHECK(world.signer() == "s1");
    live_until(world, new_year() + 40 * day);
    CHECK(world.signer() == "s2");
    CHECK(world.key().slots[1].published()->signing_since == new_year() + 30 * day);
    CHECK(world.clock.now() == new_year() + 40 * day);
}

TEST_CASE("It is not settled while a key waits for its pair") {
    ServiceWorld world;
    world.create();
    CHECK(world.service->orders().activate("acme.example").has_value());
    world.service->settle();
    const unsigned made = world.gate.came();
    world.gate.open(false);
    world.clock.advance(25 * day);
    auto settled = std::async(std::launch::async, [&] { return world.service->settle(); });
    world.gate.wait_for(made + 1);
    CHECK(settled.wait_for(std::chrono::milliseconds(20)) == std::future_status::timeout);
    world.gate.open(true);
    settled.get();
    CHECK(world.key().slots[1].published()->published_at == new_year() + 25 * day);
    CHECK(world.key().slots[1].published()->visible_at == new_year() + 25 * day);
}

TEST_CASE("The private key of a key that changes is kept no longer") {
    ServiceWorld world;
    world.create();
    CHECK(world.service->orders().activate("acme.example").has_value());
    Signer& signer = world.service->mail_signer();
    CHECK(signer.sign(read_message("From: a@acme.example\r\n\r\nHello\r\n").value()).has_value());
    CHECK(signer.private_keys_kept() == 1);
    CHECK(world.service->orders().deactivate("acme.example").has_value());
    CHECK(signer.private_keys_kept() == 0);
}

TEST_CASE("A private key is kept for seconds, though nobody asks for it any more") {
    ServiceWorld world;
    world.create();
    CHECK(world.service->orders().activate("acme.example").has_value());
    Signer& signer = world.service->mail_signer();
    CHECK(signer.sign(read_message("From: a@acme.example\r\n\r\nHello\r\n").value()).has_value());
    world.service->settle();
    CHECK(signer.private_keys_kept() == 1);
    world.clock.advance(Duration(10));
    world.service->settle();
    CHECK(signer.private_keys_kept() == 0);
}

}  // namespace custdkim::test
