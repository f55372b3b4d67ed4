// Handing connections over to the next process, without PowerDNS noticing. The listening socket goes along if
// a supervisor keeps it; our own is taken away, and the next process makes another in its place.
#include <catch2/catch.hpp>

#include <atomic>
#include <thread>

#include "backend/unix_socket.hpp"
#include "client.hpp"
#include "fixed_zones.hpp"
#include "support/temporary_directory.hpp"

namespace custdkim::test {

using backend::InheritedSockets;
using backend::UnixConnector;
using backend::UnixSettings;

namespace {

struct House {
    TemporaryDirectory directory;
    std::filesystem::path path = directory / "pdns.sock";
    Zones zones = fixed_zones();
    std::string reply = answer(zones, question);

    UnixSettings settings() const {
        UnixSettings settings;
        settings.path = path;
        return settings;
    }
    std::unique_ptr<UnixConnector> start(InheritedSockets inherited = {}) {
        return UnixConnector::start(settings(), {zones}, std::move(inherited)).value();
    }
    // As under a supervisor that keeps the listening socket.
    std::unique_ptr<UnixConnector> start_supervised() {
        InheritedSockets sockets;
        sockets.listener = backend::listen_on(settings()).value();
        return start(std::move(sockets));
    }
};

// Asks until told to stop, `together` requests in each write. A wrong reply, or none, ends it.
class Asker {
  public:
    Asker(const House& house, int together)
        : thread_([this, &house, together, client = std::make_unique<Client>(house.path)] {
              std::string requests;
              for (int i = 0; i < together; ++i) requests += question + "\n";
              while (!done_ && !lost_) {
                  bool fine = client->send(requests);
                  for (int i = 0; i < together && fine; ++i) fine = client->line() == house.reply;
                  lost_ = !fine;
                  ++rounds_;
                  rounds_.notify_all();
              }
          }) {}
    ~Asker() { done_ = true; }

    void wait_for_more() {
        const int before = rounds_;
        if (!lost_) rounds_.wait(before);
    }
    bool lost() {
        done_ = true;
        thread_.join();
        return lost_;
    }

  private:
    std::atomic<bool> done_ = false, lost_ = false;
    std::atomic<int> rounds_ = 0;
    std::jthread thread_;
};

}  // namespace

TEST_CASE("Idle connections are handed over and go on as if nothing had been") {
    House house;
    const bool supervised = GENERATE(false, true);
    auto first = supervised ? house.start_supervised() : house.start();
    Client one(house.path), two(house.path);
    REQUIRE(one.ask(hello) == hello_reply);
    REQUIRE(two.ask(hello) == hello_reply);
    InheritedSockets sockets = first->hand_over();
    CHECK(bool(sockets.listener) == supervised);
    CHECK(sockets.connections.size() == 2);
    first.reset();
    CHECK(std::filesystem::exists(house.path) == supervised);
    const auto second = house.start(std::move(sockets));
    CHECK(one.ask(question) == house.reply);
    CHECK(two.ask(question) == house.reply);
    CHECK(Client(house.path).ask(question) == house.reply);
}

TEST_CASE("What is asked while nobody serves is answered by the next one") {
    House house;
    auto first = house.start_supervised();
    Client old(house.path);
    REQUIRE(old.ask(hello) == hello_reply);
    InheritedSockets sockets = first->hand_over();
    first.reset();
    REQUIRE(old.send(question + "\n"));
    Client fresh(house.path);
    REQUIRE(fresh.send(question + "\n"));
    const auto second = house.start(std::move(sockets));
    CHECK(old.line() == house.reply);
    CHECK(fresh.line() == house.reply);
}

TEST_CASE("A connection that has gone is not handed over") {
    House house;
    auto first = house.start();
    Client stays(house.path);
    REQUIRE(stays.ask(hello) == hello_reply);
    Client bad(house.path);
    REQUIRE_FALSE(bad.ask("no JSON").empty());
    REQUIRE(bad.is_closed());
    const InheritedSockets sockets = first->hand_over();
    CHECK(sockets.connections.size() == 1);
}

TEST_CASE("A request that was half sent at the hand-over is answered whole or not at all") {
    House house;
    auto first = house.start();
    Client half(house.path);
    REQUIRE(half.ask(hello) == hello_reply);
    REQUIRE(half.send(question.substr(0, 30)));
    InheritedSockets sockets = first->hand_over();
    first.reset();
    const auto second = house.start(std::move(sockets));
    const std::string reply = half.ask(question.substr(30));
    CHECK((reply.empty() || reply == house.reply));
    CHECK(Client(house.path).ask(question) == house.reply);
}

TEST_CASE("A second hand-over finds nothing left to hand over") {
    House house;
    auto first = house.start_supervised();
    Client client(house.path);
    REQUIRE(client.ask(hello) == hello_reply);
    const InheritedSockets sockets = first->hand_over();
    const InheritedSockets nothing = first->hand_over();
    CHECK_FALSE(nothing.listener);
    for (const Descriptor& connection : nothing.connections) CHECK_FALSE(connection);
}

TEST_CASE("A connection that was handed over counts among those that are allowed") {
    House house;
    auto first = house.start();
    Client one(house.path), two(house.path);
    REQUIRE(one.ask(hello) == hello_reply);
    REQUIRE(two.ask(hello) == hello_reply);
    InheritedSockets sockets = first->hand_over();
    first.reset();
    auto settings = house.settings();
    settings.max_connections = 2;
    const auto second = UnixConnector::start(settings, {house.zones}, std::move(sockets)).value();
    CHECK(one.ask(question) == house.reply);
    CHECK(Client(house.path).is_closed());
    CHECK(two.ask(question) == house.reply);
}

TEST_CASE("No request is lost when the sockets are handed over again and again amid the traffic") {
    House house;
    const bool supervised = GENERATE(false, true);
    auto connector = supervised ? house.start_supervised() : house.start();
    Asker one(house, 1), other(house, 1), pairs(house, 2), many(house, 7);
    for (int i = 0; i < 5; ++i) {
        for (Asker* asker : {&one, &other, &pairs, &many}) asker->wait_for_more();
        InheritedSockets sockets = connector->hand_over();
        CHECK(sockets.connections.size() == 4);
        connector.reset();
        connector = house.start(std::move(sockets));
    }
    for (Asker* asker : {&one, &other, &pairs, &many}) asker->wait_for_more();
    for (Asker* asker : {&one, &other, &pairs, &many}) CHECK_FALSE(asker->lost());
}

}  // namespace custdkim::test
