// What is remembered, and for how long, on the lab's clock.
#include <catch2/catch.hpp>

#include "rig.hpp"

namespace custdkim::lab::test {

namespace {

std::uint32_t ttl(Rig& rig, std::string_view owner, std::uint16_t type = type::txt) {
    const Message response = rig.resolver.resolve(question(owner, type)).message;
    return response.answer.empty() ? response.authority.at(0).ttl : response.answer.at(0).ttl;
}

// The customer's CNAME with this TTL, from both servers.
void set_ttl(Rig& rig, std::uint32_t seconds) {
    both_do(rig, type::any, [seconds](const Message&, Message honest, Transport) {
        for (ResourceRecord& record : honest.answer) record.ttl = seconds;
        return reply(honest);
    });
}

}  // namespace

TEST_CASE("TTLs count down, and what is over is asked for again") {
    Rig rig;
    CHECK(rig.txt() == right_txt);
    const std::size_t asked = rig.world.asked.size();
    rig.clock.advance(Duration(299));
    CHECK(ttl(rig, Rig::owner) == 1);
    CHECK(rig.resolver.from_cache(question(Rig::owner)));
    CHECK(rig.world.asked.size() == asked);
    rig.clock.advance(Duration(1));
    CHECK_FALSE(rig.resolver.from_cache(question(Rig::owner)));
    CHECK(ttl(rig, Rig::owner) == 300);
    CHECK(rig.world.asked.size() > asked);
}

TEST_CASE("A fix is seen when the old record's time is over, not before") {
    Rig rig;
    CHECK(rig.ask("new.acme.example.") == "NXDOMAIN");
    for (const char* server : {"127.0.0.3", "127.0.0.4"}) {
        rig.world.zone(server, "acme.example.")
            .push_back({name("new.acme.example."), type::txt, 300, std::string("\3new", 4)});
    }
    rig.clock.advance(Duration(119));
    CHECK(rig.ask("new.acme.example.") == "NXDOMAIN");
    CHECK(ttl(rig, "new.acme.example.") == 1);
    rig.clock.advance(Duration(1));
    CHECK(rig.ask("new.acme.example.") == "NOERROR | TXT \"new\"");
}

TEST_CASE("TTLs are capped as real resolvers do, and the top bit means zero") {
    Rig rig;
    set_ttl(rig, 0x7fffffff);
    CHECK(ttl(rig, Rig::owner, type::cname) == 86400);
    rig.resolver.flush();
    set_ttl(rig, 0xffffffff);
    CHECK(ttl(rig, Rig::owner, type::cname) == 0);
}

TEST_CASE("TTL 0 is passed on and serves no later client") {
    Rig rig;
    set_ttl(rig, 0);
    CHECK(rig.txt() == right_txt);
    CHECK(ttl(rig, Rig::owner) == 0);
    CHECK_FALSE(rig.resolver.from_cache(question(Rig::owner)));
}

TEST_CASE("How long a denial is kept is the least of the SOA's TTL, its minimum, and an hour") {
    Rig rig;
    const auto with_soa = [&](const std::string& soa_ttl, const std::string& minimum) {
        for (const char* server : {"127.0.0.3", "127.0.0.4"}) {
            rig.world.set_zone(server, "acme.example.",
                               "@ " + soa_ttl + " SOA a. b. 1 1 1 1 " + minimum + "\n");
        }
        rig.resolver.flush();
        return ttl(rig, "none.acme.example.");
    };
    CHECK(with_soa("600", "120") == 120);
    CHECK(with_soa("60", "120") == 60);
    CHECK(with_soa("86400", "86400") == 3600);
}

TEST_CASE("An empty answer without a SOA is kept for five seconds") {
    Rig rig;
    both_do(rig, type::any, with_answer(""));
    CHECK(rig.txt() == "NOERROR");
    CHECK(rig.resolver.from_cache(question(Rig::owner)));
    rig.clock.advance(Duration(5));
    CHECK_FALSE(rig.resolver.from_cache(question(Rig::owner)));
}

TEST_CASE("What is flushed is asked for again, and nothing else is") {
    Rig rig;
    rig.txt();
    rig.ask("s2._domainkey.acme.example.");
    CHECK(rig.resolver.cached() == 4);
    rig.resolver.flush(name("S1._domainkey.acme.example."));
    CHECK_FALSE(rig.resolver.from_cache(question(Rig::owner)));
    CHECK(rig.resolver.from_cache(question("s2._domainkey.acme.example.")));
    rig.resolver.flush(name("keys.example."));
    CHECK_FALSE(rig.resolver.from_cache(question("s2._domainkey.acme.example.")));
    CHECK(rig.resolver.from_cache(question("s2._domainkey.acme.example.", type::cname)));
    rig.resolver.flush();
    CHECK(rig.resolver.cached() == 0);
}

TEST_CASE("The cache is bounded, and what was used last stays") {
    ResolverSettings settings;
    settings.max_entries = 10;
    Rig rig("", settings);
    rig.txt();
    for (int i = 0; i < 50; ++i) {
        rig.ask("none" + std::to_string(i) + ".acme.example.");
        CHECK(rig.resolver.from_cache(question(Rig::owner)));
    }
    CHECK(rig.resolver.cached() == 10);
}

TEST_CASE("A clock that is set back makes nothing older than it was") {
    Rig rig;
    rig.txt();
    rig.clock.set(start - Duration(1000));
    CHECK(ttl(rig, Rig::owner) == 300);
}

}  // namespace custdkim::lab::test
