#include "base/random.hpp"
#include "tests/lab_internet/small_internet.hpp"

namespace custdkim::lab {

TEST_CASE("EDNS is answered with EDNS, version 0 only") {
    SmallInternet world;
    world.set("healthy");
    Ask ask{"acme.example", type::a};
    ask.dnssec = true;
    CHECK(world.ask(ask).edns->dnssec_ok);
    for (const char* server : {"127.53.0.1", "127.53.0.2", "127.53.0.4", "127.53.1.1"}) {
        ask.edns_version = 1;
        const Message response = world.ask(ask, server);
        CHECK(response.rcode == rcode::badvers);
        CHECK(response.edns->version == 0);
    }
    ask.edns = false;
    CHECK_FALSE(world.ask(ask).edns);
}

TEST_CASE("what does not fit is truncated over UDP, and whole over TCP") {
    std::string zone;
    for (int i = 0; i < 12; ++i) zone += "big TXT " + std::string(100, static_cast<char>('a' + i)) + "\n";
    for (int i = 0; i < 9; ++i) zone += "mid TXT " + std::string(60, static_cast<char>('a' + i)) + "\n";
    SmallInternet world({misconfiguration("healthy", zone)});
    world.set("healthy");
    Ask big{"big.acme.example"}, mid{"mid.acme.example"};
    big.udp_size = 4096;
    CHECK(world.ask(big).truncated);
    CHECK(world.ask(big).answer.empty());
    CHECK_FALSE(world.ask(mid).truncated);
    mid.edns = false;
    CHECK(world.ask(mid).truncated);
    mid.edns = true;
    mid.udp_size = 100;
    CHECK(world.ask(mid).truncated);
    mid.transport = big.transport = Transport::tcp;
    CHECK(world.ask(mid).answer.size() == 9);
    CHECK(world.ask(big).answer.size() == 12);
}

TEST_CASE("other classes and zone transfers are refused") {
    SmallInternet world;
    world.set("healthy");
    for (const char* server : {"127.53.0.1", "127.53.0.2", "127.53.0.3", "127.53.0.4", "127.53.1.1"}) {
        Ask chaos{"acme.example"};
        chaos.klass = 3;
        CHECK(world.ask(chaos, server).rcode == rcode::refused);
        CHECK(world.ask({"acme.example", 252}, server).rcode == rcode::refused);
    }
}

TEST_CASE("what is no question gets what it deserves") {
    SmallInternet world;
    world.set("healthy");
    const Bytes good = write_message(question_of({"acme.example"}));
    const auto ask = [&world](const Bytes& octets) {
        return world.internet.ask(octets, "127.53.1.1", Transport::udp);
    };
    CHECK(ask({}).kind == Reply::Kind::silence);
    CHECK(ask(Bytes(good.begin(), good.begin() + 11)).kind == Reply::Kind::silence);
    Bytes response = good;
    response[2] |= 0x80;
    CHECK(ask(response).kind == Reply::Kind::silence);
    Bytes notify = good;
    notify[2] = 4 << 3;
    const Reply unknown = ask(notify);
    REQUIRE(unknown.message.size() == 12);
    CHECK(parse_response(unknown.message).value().rcode == rcode::notimp);
    CHECK(parse_response(unknown.message).value().id == 4711);
    CHECK(unknown.message[2] == (0x80 | 4 << 3));
    Bytes cut(good.begin(), good.end() - 15);
    CHECK(parse_response(ask(cut).message).value().rcode == rcode::formerr);
}

TEST_CASE("no octets make a server stumble") {
    SmallInternet world;
    world.set("healthy");
    SeededRandom random(20261122);
    const std::vector<std::string> servers{"127.53.0.1", "127.53.0.2", "127.53.0.3", "127.53.0.4",
                                           "127.53.1.1"};
    Ask wanted{"sel1._domainkey.acme.example"};
    wanted.dnssec = true;
    const Bytes good = write_message(question_of(wanted));
    for (int i = 0; i < 20'000; ++i) {
        Bytes octets = good;
        for (std::uint64_t changes = random.below(4) + 1; changes > 0; --changes) {
            octets[random.below(octets.size())] = static_cast<std::uint8_t>(random.below(256));
        }
        octets.resize(random.below(8) == 0 ? random.below(octets.size()) : octets.size());
        const Reply reply = world.internet.ask(octets, servers[random.below(servers.size())], Transport::udp);
        if (reply.kind != Reply::Kind::answer) continue;
        REQUIRE(reply.message.size() >= 12);
        REQUIRE(reply.message.size() <= 1232);
        REQUIRE((reply.message[2] & 0x80) != 0);
    }
}

}  // namespace custdkim::lab
