// What a client can send or withhold, and that nobody else suffers from it.
#include <catch2/catch.hpp>
#include <list>

#include "scripted_handler.hpp"

namespace custdkim::test {

using std::chrono::milliseconds;

TEST_CASE("Requests that come in one go are answered one after the other") {
    ScriptedServer world(on_loopback());
    RawClient client(world.port());
    std::string all;
    for (int i = 0; i < 100; ++i) all += get("/" + std::to_string(i));
    client.send(all);
    for (int i = 0; i < 100; ++i) REQUIRE(answer(client) == "200 /" + std::to_string(i));
}

TEST_CASE("A request names its host, once, and with HTTP/1.1 it must") {
    ScriptedServer world(on_loopback());
    const auto asked = [&](const std::string& head) {
        RawClient client(world.port());
        client.send(head + "\r\n");
        return answer(client);
    };
    CHECK(asked("GET /a HTTP/1.1\r\n") == "400 the request has no Host field");
    CHECK(asked("GET /a HTTP/1.1\r\nHost: x\r\nHost: y\r\n") ==
          "400 the request has more than one Host field");
    CHECK(asked("GET /a HTTP/1.1\r\nHost: x\r\n") == "200 /a");
    CHECK(asked("GET /a HTTP/1.0\r\n") == "200 /a");
}

TEST_CASE("A head that drips is cut off, however busy the client seems") {
    http::ServerSettings settings = on_loopback();
    settings.patience = milliseconds(300);
    ScriptedServer world(settings);
    RawClient client(world.port());
    client.send("GET / HTTP/1.1\r\nX-Long: ");
    int dripped = 0;
    while (!client.is_closed_within(20)) {
        client.send("x");
        REQUIRE(++dripped < 3000);
    }
    CHECK(client.receive().empty());
}

TEST_CASE("A body that drips is cut off as well, and one that comes in time is not") {
    http::ServerSettings settings = on_loopback();
    settings.patience = milliseconds(300);
    ScriptedServer world(settings);
    RawClient client(world.port());
    const std::string head = "POST /body HTTP/1.1\r\nHost: x\r\nContent-Length: 500\r\n\r\n";
    client.send(head + std::string(500, 'y'));
    CHECK(answer(client) == "200 /body" + std::string(500, 'y'));
    client.send(head);
    int dripped = 0;
    while (!client.is_closed_within(20)) {
        client.send("x");
        REQUIRE(++dripped < 499);
    }
}

TEST_CASE("A large body is handed on while it comes in, a small one is not") {
    ScriptedServer world(on_loopback());
    RawClient client(world.port());
    const auto post = [](const std::string& path, std::size_t octets) {
        return "POST " + path + " HTTP/1.1\r\nHost: x\r\nContent-Length: " + std::to_string(octets) + "\r\n";
    };
    client.send(post("/weigh", 65536) + "\r\n" + std::string(65536, 'y'));
    CHECK(answer(client) == "200 /weigh" + std::string(65536, 'y'));
    client.send(post("/weigh", 1 << 20) + "\r\n" + std::string((1 << 20) - 1, 'y') + "z" + get("/next"));
    CHECK(answer(client) == "200 /weigh 1048576 octets, the last z");
    CHECK(answer(client) == "200 /next");
    client.send(post("/weigh", 65537) + "Expect: 100-continue\r\n\r\n");
    CHECK(client.receive("\r\n\r\n").starts_with("HTTP/1.1 100 "));
    client.send(std::string(65537, 'y'));
    CHECK(answer(client) == "200 /weigh 65537 octets, the last y");
    client.send(post("/large", 70000) + "\r\n" +
                std::string(70000, 'y'));  // nobody takes that but as a whole
    CHECK(answer(client) == "200 /large" + std::string(70000, 'y'));
}

TEST_CASE("Of a body in chunks nobody knows how large it will be") {
    ScriptedServer world(on_loopback());
    RawClient client(world.port());
    const std::string head = "POST /weigh HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n";
    client.send(head + "0\r\n\r\n");
    CHECK(answer(client) == "200 /weigh 0 octets, the last -");
    client.send(head + "3\r\nabc\r\n");
    client.send("11170\r\n" + std::string(70000, 'y') + "\r\n1\r\nd\r\n0\r\n\r\n");
    CHECK(answer(client) == "200 /weigh 70004 octets, the last d");
    client.send(head + "100001\r\n" + std::string((1 << 20) + 1, 'y'));
    CHECK(answer(client) == "413 the body is too large");
}

TEST_CASE("Who goes away in the middle of a body, or lets it drip, leaves nothing behind") {
    http::ServerSettings settings = on_loopback();
    settings.patience = milliseconds(300);
    ScriptedServer world(settings);
    const std::string begun = "POST /weigh HTTP/1.1\r\nHost: x\r\nContent-Length: 70000\r\n\r\nxyz";
    { RawClient(world.port()).send(begun); }
    RawClient client(world.port());
    client.send(begun);
    CHECK(client.is_closed_within(long_enough));
    while (world.handler.scales > 0) std::this_thread::yield();
    CHECK(client.receive().empty());
}

TEST_CASE("A head or a body beyond the limit is refused before it is read") {
    ScriptedServer world(on_loopback());
    RawClient large_head(world.port());
    large_head.send("GET / HTTP/1.1\r\nX-Large: " + std::string(17000, 'x'));
    CHECK(answer(large_head) == "431 the header is too large");
    RawClient large_body(world.port());
    large_body.send("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1001\r\n\r\n");
    CHECK(answer(large_body) == "413 the body is too large");
    RawClient chunks(world.port());
    chunks.send("POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n");
    for (int i = 0; i < 20; ++i) chunks.send("40\r\n" + std::string(64, 'x') + "\r\n");
    CHECK(answer(chunks) == "413 the body is too large");
}

TEST_CASE("Hundreds of slow clients keep nobody out: whoever has made us wait the longest makes place") {
    http::ServerSettings settings = on_loopback();
    settings.max_connections = 100;
    ScriptedServer world(settings);
    RawClient regular(world.port());
    std::list<RawClient> slow;
    for (int i = 0; i < 300; ++i) {
        slow.emplace_back(world.port()).send("GET /slow-head HTTP/1.1\r\nHost: x\r\nX-Half: ");
        if (i % 50 == 0) {  // it is always served, since it does not make us wait
            regular.send(get("/regular"));
            REQUIRE(answer(regular) == "200 /regular");
        }
    }
    RawClient fresh(world.port());
    fresh.send(get("/fresh"));
    CHECK(answer(fresh) == "200 /fresh");
    CHECK(slow.front().is_closed_within(long_enough));
    slow.back().send("x\r\n\r\n");
    CHECK(answer(slow.back()) == "200 /slow-head");
}

TEST_CASE("One address that opens too many connections loses its own, and nobody else theirs") {
    http::ServerSettings settings = on_loopback();
    settings.max_per_client = 5;
    ScriptedServer world(settings);
    RawClient quiet(world.port(), "127.0.0.2");
    std::list<RawClient> greedy;
    for (int i = 0; i < 20; ++i) greedy.emplace_back(world.port());
    CHECK(greedy.front().is_closed_within(long_enough));
    quiet.send(get("/quiet"));
    CHECK(answer(quiet) == "200 /quiet");
    greedy.back().send(get("/greedy"));
    CHECK(answer(greedy.back()) == "200 /greedy");
}

TEST_CASE("What takes long has threads of its own, and no more of it is taken than is bearable") {
    http::ServerSettings settings = on_loopback();
    settings.workers = 1;
    settings.slow_workers = 2;
    settings.max_slow = 2;
    ScriptedServer world(settings);
    RawClient first(world.port()), second(world.port()), third(world.port());
    first.send(get("/slow"));
    second.send(get("/slow"));
    world.handler.wait_for(2);
    third.send(get("/quick"));
    CHECK(answer(third) == "200 /quick");
    third.send(get("/slow"));
    CHECK(answer(third) == "503 too much is asked at once");
    world.handler.release();
    CHECK(answer(first) == "200 /slow");
    CHECK(answer(second) == "200 /slow");
    third.send(get("/slow"));
    CHECK(answer(third) == "200 /slow");
}

}  // namespace custdkim::test
