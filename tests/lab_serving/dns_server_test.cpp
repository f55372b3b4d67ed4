#include "lab/serving/dns_server.hpp"

#include <catch2/catch.hpp>

#include "dns_client.hpp"

namespace custdkim::lab {

using test::Client;
using test::framed;
using test::question;

namespace {

struct Served {
    explicit Served(DnsServerSettings settings = {}) {
        if (settings.addresses.empty()) settings.addresses = {"127.0.0.1", "127.53.9.9", "::1"};
        server = DnsServer::start(settings, handler).value();
    }
    Client udp(const std::string& address = "127.0.0.1") { return {SOCK_DGRAM, address, server->port()}; }
    Client tcp(const std::string& address = "127.0.0.1") { return {SOCK_STREAM, address, server->port()}; }

    test::WordHandler handler;
    std::unique_ptr<DnsServer> server;
};

}  // namespace

TEST_CASE("Questions over UDP and TCP are answered by the address that was asked, over IPv4 and IPv6") {
    Served served;
    const auto address = GENERATE(as<std::string>(), "127.0.0.1", "127.53.9.9", "::1");
    const auto word = GENERATE(as<std::string>(), "quick", "slow", "late");
    Client udp = served.udp(address);
    udp.send_raw(question(word));
    CHECK(udp.receive_datagram() == question(word) + "@" + address + "/udp");
    Client tcp = served.tcp(address);
    tcp.send_raw(framed(word));
    CHECK(tcp.receive_framed() == question(word) + "@" + address + "/tcp");
}

TEST_CASE("A question that takes long keeps nobody waiting") {
    DnsServerSettings settings;
    settings.workers = 2;
    Served served(settings);
    Client stuck = served.udp(), other = served.udp();
    stuck.send_raw(question("stuck"));
    served.handler.wait_for_stuck(1);
    for (const std::string word : {"quick", "slow", "late"}) {
        other.send_raw(question(word));
        CHECK(other.receive_datagram().starts_with(question(word)));
    }
    CHECK_FALSE(stuck.has_something());
    served.handler.go_on();
    CHECK(stuck.receive_datagram().starts_with(question("stuck")));
}

TEST_CASE("When too much waits for the workers, questions are dropped and those behind still answered") {
    DnsServerSettings settings;
    settings.workers = 1;
    settings.max_waiting = 1;
    Served served(settings);
    Client first = served.tcp();
    first.send_raw(framed("stuck"));
    served.handler.wait_for_stuck(1);
    Client client = served.tcp();
    // One waits, the next finds no room; the quick one behind them shows that both were taken.
    client.send_raw(framed("slow") + framed("slow") + framed("quick"));
    CHECK(client.receive_framed().starts_with(question("quick")));
    served.handler.go_on();
    CHECK(client.receive_framed().starts_with(question("slow")));
    client.stop_sending();
    CHECK(client.receive_framed() == "closed");
}

TEST_CASE("Over TCP, questions follow each other and a slow one does not hold up the others") {
    Served served;
    Client client = served.tcp();
    client.send_raw(framed("stuck") + framed("quick") + framed("late"));
    CHECK(client.receive_framed().starts_with(question("quick")));
    CHECK(client.receive_framed().starts_with(question("late")));
    served.handler.go_on();
    CHECK(client.receive_framed().starts_with(question("stuck")));
}

TEST_CASE("A question in pieces is one question") {
    Served served;
    Client client = served.tcp();
    for (const char octet : framed("quick")) client.send_raw(std::string(1, octet));
    CHECK(client.receive_framed().starts_with(question("quick")));
}

TEST_CASE("To hang up closes the connection, and silence leaves it open") {
    Served served;
    Client client = served.tcp();
    client.send_raw(framed("silent") + framed("quick"));
    CHECK(client.receive_framed().starts_with(question("quick")));
    client.send_raw(framed("hang"));
    CHECK(client.receive_framed() == "closed");
    Client udp = served.udp();
    udp.send_raw(question("silent"));
    udp.send_raw(question("quick"));
    CHECK(udp.receive_datagram().starts_with(question("quick")));
}

TEST_CASE("Who says no more still gets the answers that are due") {
    Served served;
    Client client = served.tcp();
    client.send_raw(framed("slow") + framed("late"));
    client.stop_sending();
    const std::string one = client.receive_framed(), other = client.receive_framed();
    CHECK(one.starts_with(question("slow")));
    CHECK(other.starts_with(question("late")));
    CHECK(client.receive_framed() == "closed");
}

TEST_CASE("Who sends half a question, or nothing, is cut off") {
    DnsServerSettings settings;
    settings.idle_time = std::chrono::milliseconds(100);
    Served served(settings);
    Client half = served.tcp(), idle = served.tcp();
    half.send_raw(framed("quick").substr(0, 4));
    CHECK(half.receive_framed() == "closed");
    CHECK(idle.receive_framed() == "closed");
}

TEST_CASE("Who waits for a slow answer is not idle") {
    DnsServerSettings settings;
    settings.idle_time = std::chrono::milliseconds(50);
    Served served(settings);
    Client waiting = served.tcp(), idle = served.tcp();
    waiting.send_raw(framed("stuck"));
    served.handler.wait_for_stuck(1);
    CHECK(idle.receive_framed() == "closed");
    served.handler.go_on();
    CHECK(waiting.receive_framed().starts_with(question("stuck")));
}

TEST_CASE("Who takes no replies is cut off, and harms nobody meanwhile") {
    DnsServerSettings settings;
    settings.idle_time = std::chrono::milliseconds(300);
    Served served(settings);
    Client stalled = served.tcp();
    std::string many;
    for (int i = 0; i < 3000; ++i) many += framed("big");
    stalled.send_raw(many);
    Client other = served.tcp();
    other.send_raw(framed("quick"));
    CHECK(other.receive_framed().starts_with(question("quick")));
    CHECK(stalled.is_cut_off());
}

TEST_CASE("One connection too many closes the one that has been idle longest") {
    DnsServerSettings settings;
    settings.max_connections = 2;
    Served served(settings);
    Client first = served.tcp(), second = served.tcp();
    for (Client* const client : {&first, &second}) {
        client->send_raw(framed("quick"));
        client->receive_framed();
    }
    first.send_raw(framed("quick"));
    first.receive_framed();
    Client third = served.tcp();
    third.send_raw(framed("quick"));
    CHECK(third.receive_framed().starts_with(question("quick")));
    CHECK(second.receive_framed() == "closed");
    first.send_raw(framed("quick"));
    CHECK(first.receive_framed().starts_with(question("quick")));
}

TEST_CASE("Addresses beyond loopback are refused unless they are allowed") {
    test::WordHandler handler;
    DnsServerSettings settings;
    settings.addresses = {"127.0.0.1", "0.0.0.0"};
    const auto refusal = DnsServer::start(settings, handler);
    REQUIRE_FALSE(refusal.has_value());
    CHECK(refusal.error().code == Errc::refused);
    CHECK_THAT(refusal.error().detail, Catch::Contains("0.0.0.0") && Catch::Contains("allow_any_address"));
    settings.addresses = {"0.0.0.0"};
    settings.allow_any_address = true;
    CHECK(DnsServer::start(settings, handler).has_value());
    settings.addresses = {"localhost"};
    CHECK_THAT(DnsServer::start(settings, handler).error().detail,
               Catch::Contains("'localhost' is not an IP address"));
}

TEST_CASE("A port that somebody has is refused, for UDP too") {
    Served served;
    DnsServerSettings settings;
    settings.addresses = {"127.0.0.1"};
    settings.port = served.server->port();
    const auto second = DnsServer::start(settings, served.handler);
    REQUIRE_FALSE(second.has_value());
    CHECK_THAT(second.error().detail, Catch::Contains("127.0.0.1:" + std::to_string(settings.port)));
}

TEST_CASE("It ends while questions are under way") {
    auto served = std::make_unique<Served>();
    Client tcp = served->tcp(), udp = served->udp();
    tcp.send_raw(framed("stuck") + framed("late"));
    udp.send_raw(question("stuck"));
    served->handler.wait_for_stuck(2);
    served->handler.go_on();
    const std::uint16_t port = served->server->port();
    served->server.reset();
    // All that could be sent was sent, or not; the connection is closed.
    while (tcp.receive_framed() != "closed") {
    }
    CHECK_THROWS(Client(SOCK_STREAM, "127.0.0.1", port));
}

}  // namespace custdkim::lab
