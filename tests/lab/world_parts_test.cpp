// What worlds are made of: name servers, customers, caches, the clock, faults.
#include "lab/simulation/caches.hpp"
#include "lab/simulation/event_queue.hpp"
#include "lab/simulation/world_clock.hpp"
#include "worlds.hpp"

namespace custdkim::lab::test {

namespace {

constexpr Content one = 2, two = 3;

TrueTime at(int seconds) { return TrueTime(seconds); }

}  // namespace

TEST_CASE("Secondaries serve a change when they have transferred it, and remember what was before") {
    NameServers servers(3);
    servers.publish(0, one, at(10));
    servers.set_serial(1);
    CHECK(servers.content(0, 0) == one);
    CHECK(servers.content(1, 0) == absent);
    CHECK(servers.transfer(1, at(20)));
    servers.publish(0, two, at(30));
    CHECK(servers.transfer(1, at(40)));  // the serial stands still: no news
    CHECK(servers.content(1, 0) == one);
    servers.set_serial(2);
    servers.transfer(1, at(50));
    CHECK(servers.content(1, 0) == two);
    CHECK(servers.content_at(1, 0, at(49)) == one);
    CHECK(servers.content_at(1, 0, at(19)) == absent);
}

TEST_CASE("A server that misses a record has its serial, until it transfers everything") {
    NameServers servers(3);
    servers.miss_records(1, [](SlotNumber slot) { return slot == 1; });
    servers.publish(0, one, at(10));
    servers.publish(1, two, at(10));
    servers.set_serial(1);
    CHECK(servers.transfer(1, at(20)));
    CHECK(servers.content(1, 0) == one);
    CHECK(servers.content(1, 1) == absent);
    servers.miss_records(1, nullptr);
    servers.transfer_all(1, at(30));
    CHECK(servers.content(1, 1) == two);
}

TEST_CASE("What fails silently shows when it is healed") {
    NameServers servers(3);
    servers.fail_silently([](SlotNumber) { return true; });
    servers.publish(0, one, at(10));
    CHECK(servers.content(0, 0) == absent);
    servers.heal(at(20));
    for (std::size_t server = 0; server < NameServers::count; ++server)
        CHECK(servers.content(server, 0) == one);
}

TEST_CASE("A cache may hold the old record past its TTL, and no longer than the stale allowance") {
    NameServers servers(3);
    SimulatedCustomers customers(1, 1, day);
    const CacheTimes times{at(300), at(300), at(1000)};
    const Caches caches(servers, customers, times);
    Chance chance(1);
    servers.publish(0, one, at(0));
    servers.publish(0, two, at(5000));
    servers.set_serial(1);
    for (std::size_t server = 1; server < NameServers::count; ++server)
        servers.transfer_all(server, at(5000));
    CHECK(caches.record(0, at(0), at(5100), Age::fresh, chance) == two);
    for (int i = 0; i < 50; ++i) CHECK(caches.record(0, at(0), at(6301), Age::oldest, chance) == two);
    bool any_old = false;
    for (int i = 0; i < 50; ++i) any_old |= caches.record(0, at(0), at(6290), Age::oldest, chance) == one;
    CHECK(any_old);
    // Nobody asked before: nothing can be in a cache.
    CHECK(caches.record(0, at(5050), at(5100), Age::oldest, chance) == two);
}

TEST_CASE("Where nobody can be reached, an old answer or none is given") {
    NameServers servers(3);
    SimulatedCustomers customers(1, 1, day);
    const Caches caches(servers, customers, {at(300), at(300), at(1000)});
    Chance chance(1);
    for (std::size_t server = 0; server < NameServers::count; ++server) servers.set_reachable(server, false);
    CHECK_FALSE(caches.record(0, at(100), at(100), Age::any, chance));
    CHECK_FALSE(caches.record(0, at(100), at(100), Age::fresh, chance));
}

TEST_CASE("SimulatedCustomers' CNAMEs have a past") {
    SimulatedCustomers customers(1, 1, day);
    customers.set(0, Alias::right, at(10));
    customers.set(0, Alias::missing, at(20));
    customers.set(0, Alias::right, at(30));
    CHECK((customers.alias_at(0, at(5)) == Alias::missing));
    CHECK((customers.alias_at(0, at(15)) == Alias::right));
    CHECK(customers.first_right(0, at(25)) == at(30));
    CHECK_FALSE(customers.ever_right(0, at(21), at(29)));
    CHECK(customers.ever_right(0, at(19), at(29)));
}

TEST_CASE("The clock steps, and its uptime does not; a boot begins it anew") {
    WorldClock clock;
    const Timestamp start = clock.now();
    clock.move_to(at(100));
    clock.step(day);
    CHECK(clock.now() == start + at(100) + day);
    CHECK(clock.read().uptime == at(100));
    const std::string boot = clock.read().boot;
    clock.reboot();
    CHECK(clock.read().uptime == at(0));
    CHECK(clock.read().boot != boot);
}

TEST_CASE("Events come in their order, and those of the same second in the order in which they were put") {
    EventQueue queue;
    queue.put(at(5), EventKind::send, 1);
    queue.put(at(3), EventKind::send, 2);
    queue.put(at(5), EventKind::send, 3);
    CHECK(queue.take().subject == 2);
    CHECK(queue.take().subject == 1);
    CHECK(queue.take().subject == 3);
    CHECK(queue.empty());
}

TEST_CASE("Kinds of faults are all, none, or those that are named") {
    CHECK(parse_fault_kinds("none").value().empty());
    CHECK(parse_fault_kinds("all").value().size() == all_fault_kinds.size());
    CHECK((parse_fault_kinds("lag,kills").value() == FaultKinds{FaultKind::lag, FaultKind::kills}));
    CHECK(parse_fault_kinds("lag,hail")
              .error()
              .detail.find("'hail' is no kind of fault; there are all, none, lag") == 0);
}

TEST_CASE("A plan of faults has all kinds that were asked for, in order, and no others") {
    const WorldSize size{3, 20, 365 * day};
    const auto plan = draw_faults(size, {FaultKind::lag, FaultKind::emergencies}, 30 * day);
    bool has_lag = false, has_emergency = false;
    TrueTime last{};
    for (const Fault& fault : plan) {
        CHECK(fault.at >= last);
        last = fault.at;
        has_lag = has_lag || fault.kind == FaultKind::lag;
        has_emergency = has_emergency || fault.kind == FaultKind::emergencies;
        CHECK((fault.kind == FaultKind::lag || fault.kind == FaultKind::emergencies));
        CHECK_FALSE(describe(fault).empty());
    }
    CHECK(has_lag);
    CHECK(has_emergency);
}

}  // namespace custdkim::lab::test
