// Whatever a name server sends, the resolver lives, ends soon, and remains as it was for everybody else.
#include <catch2/catch.hpp>
#include <random>
#include <thread>

#include "rig.hpp"

namespace custdkim::lab::test {

namespace {

constexpr unsigned most_asked = 300;  // by one question

// All servers but those of the keys send what `mangle` makes of their answers.
void mangle_all(Rig& rig, const std::function<Bytes(Bytes)>& mangle) {
    for (const char* server : {"127.0.0.1", "127.0.0.2", "127.0.0.3", "127.0.0.4"}) {
        rig.world.set_hook(server, [mangle](const Message&, const Message& honest, Transport) {
            return Reply{Reply::Kind::answer, mangle(write_message(honest)), {}};
        });
    }
}

void ask_everything(Rig& rig) {
    for (const char* owner : {Rig::owner, "none.acme.example.", "acme.example."}) {
        for (const std::uint16_t type : {type::txt, type::cname, type::ds, type::any, type::rrsig}) {
            rig.world.asked.clear();
            rig.resolver.resolve(question(owner, type, true));
            CHECK(rig.world.asked.size() < most_asked);
        }
    }
}

}  // namespace

TEST_CASE("Messages cut at every length") {
    FakeWorld world;
    const std::string anchor = world.sign_all();
    for (std::size_t cut = 0; cut < 700; cut += 13) {
        Rig rig(world, anchor);
        mangle_all(rig, [cut](Bytes octets) {
            octets.resize(std::min(octets.size(), cut));
            return octets;
        });
        ask_everything(rig);
    }
}

TEST_CASE("Messages with octets changed, by two hundred seeds") {
    FakeWorld world;
    const std::string anchor = world.sign_all();
    for (unsigned seed = 0; seed < 200; ++seed) {
        Rig rig(world, anchor);
        std::mt19937 random(seed);
        mangle_all(rig, [&random](Bytes octets) {
            const std::size_t changes = random() % 3;
            for (std::size_t i = 0; i < changes; ++i) {
                const std::size_t at = 12 + random() % (octets.size() - 12);
                octets[at] = static_cast<std::uint8_t>(random());
            }
            return octets;
        });
        ask_everything(rig);
    }
}

TEST_CASE("Signatures, keys and proofs cut short") {
    FakeWorld honest;
    const std::string anchor = honest.sign_all();
    for (const std::uint16_t type : {type::rrsig, type::dnskey, type::ds, type::nsec, type::soa}) {
        for (std::size_t size = 0; size < 90; size += 7) {
            FakeWorld world = honest;
            for (const auto& [server, origin] :
                 {std::pair("127.0.0.2", "example."), std::pair("127.0.0.3", "acme.example.")}) {
                for (ResourceRecord& record : world.zone(server, origin)) {
                    if (record.type == type && record.rdata.size() > size && size > 1)
                        record.rdata.resize(size);
                }
            }
            Rig rig(std::move(world), anchor);
            ask_everything(rig);
        }
    }
}

TEST_CASE("Referrals that never end, and a thousand name servers") {
    Rig rig;
    for (const char* server : {"127.0.0.3", "127.0.0.4"}) {
        rig.world.set_hook(server, [](const Message& asked, Message, Transport) {
            Message response = response_to(asked);
            for (int i = 0; i < 1000; ++i) {
                response.authority.push_back({asked.questions.front().name, type::ns, 300,
                                              name("n" + std::to_string(i) + ".acme.example.")});
            }
            return reply(response);
        });
    }
    CHECK(rig.ask("a.b.c.d.e.f.g.acme.example.") == "SERVFAIL");
    CHECK(rig.world.asked.size() < most_asked);
}

TEST_CASE("Records of the right type that hold nothing") {
    for (const std::uint16_t type : {type::cname, type::dname, type::ns, type::soa, type::txt, type::nsec}) {
        Rig rig;
        both_do(rig, type::any, [type](const Message& asked, Message, Transport) {
            Message response = response_to(asked);
            response.answer.push_back({asked.questions.front().name, type, 300, ""});
            response.answer.push_back({name("acme.example."), type, 300, std::string(1, '\0')});
            response.authority = response.answer;
            return reply(response);
        });
        ask_everything(rig);
    }
}

TEST_CASE("Many clients at once, with the cache flushed under them") {
    FakeWorld world;
    const std::string anchor = world.sign_all();
    SimulatedClock clock(start);
    std::mutex mutex;
    Resolver::Parts parts = world.parts(anchor);
    const auto ask = parts.ask;
    parts.ask = [&](std::span<const std::uint8_t> octets, const std::string& server, Transport transport) {
        const std::lock_guard lock(mutex);  // the fake world knows no threads
        return ask(octets, server, transport);
    };
    Resolver resolver(std::move(parts), clock);
    std::atomic<unsigned> right = 0;
    std::vector<std::thread> clients;
    for (int i = 0; i < 4; ++i) {
        clients.emplace_back([&, i] {
            for (int n = 0; n < 100; ++n) {
                if (i == 0) resolver.flush();
                if (i == 1) clock.advance(Duration(7));
                if (shown(resolver.resolve(question(Rig::owner)).message) == right_txt) ++right;
            }
        });
    }
    for (std::thread& client : clients) client.join();
    CHECK(right == 400);
}

}  // namespace custdkim::lab::test
