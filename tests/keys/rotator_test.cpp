// The rotator: what is due is done once, in order, and what fails is done later.
#include "tests/keys/registry_world.hpp"

namespace custdkim::test {

namespace {

constexpr Duration day = std::chrono::days(1);

std::string signer(RegistryWorld& world, const std::string& id) {
    const Key key = world.store.find(id).value().value();
    for (const Slot& slot : key.slots) {
        for (const Pair& pair : slot.pairs) {
            if (pair.signing_since && !pair.retired_at) return slot.selector;
        }
    }
    return "";
}

std::string active_key(RegistryWorld& world, const std::string& domain) {
    const Key key = world.create(domain).value();
    world.settle();
    REQUIRE(world.orders.activate(key.id).has_value());
    return key.id;
}

}  // namespace

TEST_CASE("A key rotates in the store and in the zone, and every step is an event") {
    RegistryWorld world;
    const std::string id = active_key(world, "acme.example");
    world.live_until(new_year() + 61 * day);
    CHECK(signer(world, id) == "s1");
    CHECK(world.history(id) == std::vector<std::string>{"create", "see", "see", "activate", "publish", "see",
                                                        "sign", "publish", "see",
                                                        "sign"});  // looks found nothing new
    CHECK_FALSE(world.publisher.went_back);
    CHECK(world.publisher.events.back().key.slots[0].published()->number == 4);
}

TEST_CASE("Private keys follow the pairs that are in use, and no others are kept") {
    RegistryWorld world;
    const std::string id = active_key(world, "acme.example");
    world.live_until(new_year() + 61 * day);
    for (unsigned pair = 1; pair <= 4; ++pair) {
        CHECK(world.store.private_key(id, pair).value().has_value() == (pair == 4));
    }
}

TEST_CASE("What is due longest is done first, and a batch is one commit") {
    RegistryWorld world;
    world.policy.watch = Duration(0);
    std::vector<std::string> ids;
    for (int i = 0; i < 10; ++i) {
        ids.push_back(active_key(world, "c" + std::to_string(i) + ".example"));
        world.clock.advance(std::chrono::hours(1));
    }
    world.clock.advance(26 * day);
    world.store.batches.clear();
    CHECK(world.rotator.backlog() == 10);
    world.store.caught_up = 0;
    world.rotator.work(4);
    CHECK(world.store.batches == std::vector<std::size_t>{4});
    CHECK(world.store.caught_up == 0);  // more is due
    for (int i = 0; i < 10; ++i)
        CHECK((world.history(ids[static_cast<std::size_t>(i)]).back() == "publish") == (i < 4));
    world.settle();
    CHECK(world.store.caught_up == 1);
}

TEST_CASE("Who waits for a pair keeps nobody else waiting") {
    RegistryWorld world;
    const std::string waits = active_key(world, "first.example");
    world.clock.advance(day);
    const std::string deleted = active_key(world, "second.example");
    world.made.left = 0;
    world.clock.advance(25 * day);
    world.registry.remove(deleted).value();
    world.clock.advance(25 * day);
    world.settle();
    CHECK(world.history(deleted).back() == "withdraw");
    CHECK(world.history(waits).back() == "activate");
    CHECK(world.made.wanted == 1);
    world.made.left = 1;
    world.settle();
    CHECK(world.history(waits).back() == "see");
    CHECK(world.made.wanted == 0);
}

TEST_CASE("Steps that cannot be stored are made later, and only once") {
    RegistryWorld world;
    const std::string id = active_key(world, "acme.example");
    world.clock.advance(25 * day);
    const auto shown = world.publisher.events.size();
    world.store.fail_commits = true;
    const auto next = world.rotator.work();
    CHECK(world.history(id).back() == "activate");
    CHECK(world.publisher.events.size() == shown);
    REQUIRE(next);
    CHECK(*next > world.clock.now());
    world.store.fail_commits = false;
    world.live_until(new_year() + 31 * day);
    const auto done = world.history(id);
    CHECK(std::count(done.begin(), done.end(), "publish") == 1);
    CHECK(signer(world, id) == "s2");
}

TEST_CASE("A record that is not visible is looked at again, and signs only later") {
    RegistryWorld world;
    const std::string id = active_key(world, "acme.example");
    world.sight.visible = false;
    world.live_until(new_year() + 28 * day);
    const std::size_t looks = world.sight.looks;
    CHECK(looks > 300);  // first every minute, later every quarter of an hour
    CHECK(looks < 1000);
    world.sight.visible = true;
    world.live_until(new_year() + 32 * day);
    CHECK(signer(world, id) == "s1");
    world.live_until(new_year() + 34 * day);
    CHECK(signer(world, id) == "s2");
}

TEST_CASE("A held key is an event, once, and so is that it signs again") {
    RegistryWorld world;
    const std::string id = active_key(world, "acme.example");
    world.live_until(new_year() + 26 * day);
    world.customer_dns.everybody = Outcome::fail;
    world.live_until(new_year() + 35 * day);
    const auto held = world.history(id);
    CHECK(std::count(held.begin(), held.end(), "hold") == 1);
    CHECK(signer(world, id) == "s1");
    world.customer_dns.everybody = Outcome::pass;
    world.live_until(new_year() + 37 * day);
    CHECK(world.history(id).back() == "sign");
}

TEST_CASE("An alternate CNAME that goes is a warning weeks before the switch, which is held, and resumes") {
    RegistryWorld world;
    const std::string id = active_key(world, "acme.example");
    world.live_until(new_year() + 10 * day);
    world.customer_dns.everybody = Outcome::fail;
    world.live_until(new_year() + 12 * day);
    const auto early = world.history(id);
    CHECK(std::count(early.begin(), early.end(), "warning") == 2);  // of both slots
    CHECK(signer(world, id) == "s1");
    world.live_until(new_year() + 33 * day);
    CHECK(signer(world, id) == "s1");
    world.customer_dns.everybody = Outcome::pass;
    world.live_until(new_year() + 36 * day);
    CHECK(signer(world, id) == "s2");
    const auto all = world.history(id);
    CHECK(std::count(all.begin(), all.end(), "warning") == 2);
    CHECK(std::count(all.begin(), all.end(), "hold") == 1);
    CHECK(std::count(all.begin(), all.end(), "recovered") == 2);
}

TEST_CASE("After a restart the same is due as before") {
    RegistryWorld world;
    const std::string id = active_key(world, "acme.example");
    world.clock.advance(26 * day);
    Rotator another({world.store, world.ledger, world.made, world.sight, world.customer_dns, world.clock,
                     world.policy_of(), [](const Key&, const Pair&) -> Result<Bytes> { return Bytes{}; }});
    another.start().value();
    world.store.for_each_key([&](const Key& key) { another.note(key); }).value();
    CHECK(another.backlog() == 1);
    another.work();
    world.rotator.work();  // knows nothing of the other: its change must not be made twice
    const auto done = world.history(id);
    CHECK(std::count(done.begin(), done.end(), "publish") == 1);
}

TEST_CASE("A jump of the clock is on record before anything is decided, and survives a restart") {
    RegistryWorld world;
    const std::string id = active_key(world, "acme.example");
    world.live_until(new_year() + 26 * day);
    world.clock.set(new_year() + 60 * day);
    world.settle();
    CHECK(signer(world, id) == "s1");
    CHECK(world.rotator.clock_steps().size() == 1);
    Rotator another({world.store, world.ledger, world.made, world.sight, world.customer_dns, world.clock,
                     world.policy_of(), [](const Key&, const Pair&) -> Result<Bytes> { return Bytes{}; }});
    another.start().value();
    CHECK(another.clock_steps() == world.rotator.clock_steps());
    world.live_until(new_year() + 63 * day);
    CHECK(signer(world, id) == "s1");
    world.live_until(new_year() + 65 * day);
    CHECK(signer(world, id) == "s2");
}

TEST_CASE("A clock that steps back does not put the rotation to sleep until that time comes again") {
    RegistryWorld world;
    const std::string id = active_key(world, "acme.example");
    world.live_until(new_year() + 31 * day);
    REQUIRE(signer(world, id) == "s2");
    world.clock.set(new_year() - 300 * day);
    world.settle();
    CHECK(world.history(id).back() == "mend");
    const Key key = world.store.find(id).value().value();
    CHECK_FALSE(key.slots[0].check.passing_since);  // who knows how long ago that was
    world.live_until(new_year() - 269 * day);
    CHECK(signer(world, id) == "s1");
}

}  // namespace custdkim::test
