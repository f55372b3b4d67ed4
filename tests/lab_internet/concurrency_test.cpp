#include <atomic>
#include <thread>

#include "tests/lab_internet/small_internet.hpp"

namespace custdkim::lab {

// For TSan above all: what is asked while customers come and go is answered from one zone or the other.
TEST_CASE("questions and changes at the same time do not disturb each other") {
    Misconfiguration flat = healthy(), signed_zone = healthy();
    flat.id = "flat";
    flat.faults.emplace_back();
    flat.faults.back().flatten = "{target1}";
    signed_zone.id = "signed";
    signed_zone.dnssec = Signing{};
    SmallInternet world({healthy(), flat, signed_zone});
    world.set("healthy");
    std::atomic<bool> done = false;
    std::atomic<int> wrong = 0;
    const auto keep_asking = [&](const std::string& server) {
        Ask ask{"sel1._domainkey.acme.example"};
        ask.dnssec = true;
        const Bytes question = write_message(question_of(ask));
        while (!done) {
            const Reply reply = world.internet.ask(question, server, Transport::udp);
            const auto response = parse_response(reply.message);
            if (!response || response->rcode != rcode::noerror) ++wrong;
            world.internet.list();
            world.internet.knows(wire("acme.example"));
        }
    };
    std::vector<std::thread> threads;
    for (const char* server : {"127.53.0.1", "127.53.0.2", "127.53.1.1"}) {
        threads.emplace_back(keep_asking, server);
    }
    for (int i = 0; i < 60; ++i) {
        world.set(std::array{"healthy", "flat", "signed"}[static_cast<std::size_t>(i % 3)]);
        world.clock.advance(std::chrono::minutes(1));
        const std::string other = "other-" + std::to_string(i % 7) + ".example";
        if (i % 2 == 0) CHECK(world.internet.set(key_of(other), "signed").has_value());
        if (i % 2 == 1) world.internet.remove(dns::Name::parse(other).value());
    }
    done = true;
    for (std::thread& thread : threads) thread.join();
    CHECK(wrong == 0);
}

}  // namespace custdkim::lab
