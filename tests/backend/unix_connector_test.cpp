// Conversations over a real unix socket.
#include "backend/unix_connector.hpp"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "client.hpp"
#include "fixed_zones.hpp"
#include "support/temporary_directory.hpp"

namespace custdkim::test {

using nlohmann::json;

namespace {

// A connector over the fixed zones in a directory of its own.
struct Server {
    TemporaryDirectory directory;
    std::filesystem::path path = directory / "pdns.sock";
    Zones zones = fixed_zones();
    std::unique_ptr<backend::UnixConnector> connector;
    std::string reply = answer(zones, question);

    explicit Server(std::size_t max_connections = 256) {
        backend::UnixSettings settings;
        settings.path = path;
        settings.max_connections = max_connections;
        connector = backend::UnixConnector::start(settings, {zones}).value();
    }
};

std::size_t open_descriptors() {
    std::size_t count = 0;
    for ([[maybe_unused]] const auto& entry : std::filesystem::directory_iterator("/proc/self/fd")) ++count;
    return count;
}

}  // namespace

TEST_CASE("Every request on a connection gets its reply on one line") {
    Server server;
    Client client(server.path);
    CHECK(client.ask(hello) == hello_reply);
    for (int i = 0; i < 100; ++i) REQUIRE(client.ask(question) == server.reply);
}

TEST_CASE("Several connections are served at the same time") {
    Server server;
    std::vector<std::unique_ptr<Client>> clients;
    for (int i = 0; i < 20; ++i) clients.push_back(std::make_unique<Client>(server.path));
    for (int round = 0; round < 3; ++round) {
        for (auto& client : clients) REQUIRE(client->send(question + "\n"));
        for (auto client = clients.rbegin(); client != clients.rend(); ++client) {
            REQUIRE((*client)->line() == server.reply);
        }
    }
}

TEST_CASE("Requests that come in one write are answered one after the other") {
    Server server;
    Client client(server.path);
    REQUIRE(client.send(hello + "\n" + question + "\n" + hello + "\n"));
    CHECK(client.line() == hello_reply);
    CHECK(client.line() == server.reply);
    CHECK(client.line() == hello_reply);
}

TEST_CASE("A request that comes octet by octet is answered once it is whole") {
    Server server;
    Client client(server.path);
    for (const char c : question + "\n" + hello + "\n") REQUIRE(client.send({&c, 1}));
    CHECK(client.line() == server.reply);
    CHECK(client.line() == hello_reply);
}

TEST_CASE("Blank lines and carriage returns are passed over") {
    Server server;
    Client client(server.path);
    REQUIRE(client.send("\n \t\r\n" + hello + "\r\n\n" + question + "\n"));
    CHECK(client.line() == hello_reply);
    CHECK(client.line() == server.reply);
}

TEST_CASE("A long request within the limit is answered") {
    Server server;
    Client client(server.path);
    const json request = {{"method", "initialize"}, {"parameters", {{"x", std::string(1000000, 'x')}}}};
    CHECK(client.ask(request.dump()) == hello_reply);
    CHECK(client.ask(question) == server.reply);
}

TEST_CASE("A request without end closes its own connection and no other") {
    Server server;
    Client endless(server.path), other(server.path);
    REQUIRE(other.ask(hello) == hello_reply);
    endless.send(std::string(10000000, 'x'));
    CHECK(endless.is_closed());
    CHECK(other.ask(question) == server.reply);
    CHECK(Client(server.path).ask(question) == server.reply);
}

TEST_CASE("A hang-up amid a request or before its reply concerns nobody else") {
    Server server;
    Client other(server.path);
    for (int i = 0; i < 20; ++i) {
        REQUIRE(Client(server.path).send(question.substr(0, question.size() / 2)));
        REQUIRE(Client(server.path).send(question + "\n" + question + "\n"));
        { const Client silent(server.path); }
    }
    CHECK(other.ask(question) == server.reply);
}

TEST_CASE("What is not JSON gets an error without a result and then the connection is closed") {
    Server server;
    Client other(server.path);
    const std::string bad = GENERATE("{\"method\": \"\xff\"}", "GET / HTTP/1.1", "{", "\x16\x03\x01");
    Client client(server.path);
    const auto reply = json::parse(client.ask(bad));
    CHECK_FALSE(reply.contains("result"));
    CHECK(client.is_closed());
    CHECK(other.ask(question) == server.reply);
}

TEST_CASE("After a failed request the connection goes on") {
    Server server;
    Client client(server.path);
    CHECK_FALSE(json::parse(client.ask(R"({"method": "lookup"})")).contains("result"));
    CHECK((json::parse(client.ask(R"({"method": "isMaster"})"))["result"] == false));
    CHECK(client.ask(question) == server.reply);
}

TEST_CASE(
    "A reader that stalls amid a long list holds up neither others nor changes and gets all in the end") {
    Server server;
    KeyZone& zone = *server.zones.find_key_zone(name("keys.example.org"));
    constexpr int keys = 5000;
    for (int i = 0; i < keys; ++i)
        zone.load(sample_key("k", {std::to_string(100000 + i)}, KeyType::rsa_2048));
    Client stalled(server.path), other(server.path);
    REQUIRE(stalled.send("{\"method\": \"list\", \"parameters\": {\"zonename\": \"keys.example.org.\"}}\n"));
    stalled.wait_for_reply();
    CHECK(other.ask(question) == server.reply);
    zone.publish(sample_key("k", {"zzzzzz"}), 8);
    CHECK(other.ask(question) == server.reply);
    const std::string list = stalled.line();
    CHECK(list.size() > 2000000);
    const auto records = json::parse(list)["result"].size();
    CHECK(records >= keys + 3);  // the key that came meanwhile may be in it
    CHECK(records <= keys + 4);
    CHECK(stalled.ask(question) == server.reply);
}

TEST_CASE("One connection too many is closed and there is room again when another one goes") {
    Server server(2);
    Client first(server.path);
    auto second = std::make_unique<Client>(server.path);
    REQUIRE(first.ask(hello) == hello_reply);
    REQUIRE(second->ask(hello) == hello_reply);
    CHECK(Client(server.path).is_closed());
    second.reset();
    std::string reply;
    while (reply.empty()) reply = Client(server.path).ask(question);  // until the connector has noticed
    CHECK(reply == server.reply);
    CHECK(first.ask(question) == server.reply);
}

TEST_CASE("Connections that come and go leave nothing behind") {
    Server server(4);
    Client stays(server.path);
    REQUIRE(stays.ask(hello) == hello_reply);
    const std::size_t before = open_descriptors();
    for (int i = 0; i < 200; ++i) {
        std::string reply;
        while (reply.empty()) reply = Client(server.path).ask(question);
        REQUIRE(reply == server.reply);
    }
    CHECK(open_descriptors() <= before + 4);
    CHECK(stays.ask(question) == server.reply);
}

TEST_CASE("A connector that stops closes what is open and takes its socket away") {
    Server server;
    SECTION("without connections") {}
    SECTION("with idle ones") {
        Client one(server.path), two(server.path);
        REQUIRE(one.ask(hello) == hello_reply);
        server.connector.reset();
        CHECK(one.is_closed());
        CHECK(two.is_closed());
    }
    SECTION("with half a request under way") {
        Client half(server.path);
        REQUIRE(half.send(question.substr(0, 20)));
        server.connector.reset();
        CHECK(half.is_closed());
    }
    SECTION("with requests that nobody reads the replies of") {
        Client client(server.path);
        REQUIRE(client.send(hello + "\n" + hello + "\n"));
        client.wait_for_reply();
        server.connector.reset();
        CHECK(client.line() == hello_reply);
    }
    server.connector.reset();
    CHECK_FALSE(std::filesystem::exists(server.path));
}

}  // namespace custdkim::test
