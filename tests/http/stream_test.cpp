// Streams: told at once, to many, by few threads; and ended.
#include <catch2/catch.hpp>
#include <list>

#include "scripted_handler.hpp"

namespace custdkim::test {

using std::chrono::milliseconds;

TEST_CASE("A stream tells what there is, then what comes, and ends with the last chunk") {
    ScriptedServer world(on_loopback());
    world.handler.upto = 2;
    RawClient reader(world.port());
    reader.send(get("/count"));
    const std::string head = reader.receive("\r\n\r\n");
    CHECK(head.starts_with("HTTP/1.1 200 OK\r\n"));
    CHECK(head.find("Transfer-Encoding: chunked\r\n") != std::string::npos);
    CHECK(head.find("Cache-Control: no-store\r\n") != std::string::npos);
    CHECK(reader.receive("<2>\r\n") == "3\r\n<1>\r\n3\r\n<2>\r\n");
    world.handler.upto = 3;
    world.server->wake_streams();
    CHECK(reader.receive("<3>\r\n") == "3\r\n<3>\r\n");
    world.handler.upto = -1;
    world.server->wake_streams();
    CHECK(reader.receive() == "0\r\n\r\n");
}

TEST_CASE("A reader of HTTP/1.0 gets the pieces as they are") {
    ScriptedServer world(on_loopback());
    world.handler.upto = 1;
    RawClient reader(world.port());
    reader.send("GET /count HTTP/1.0\r\n\r\n");
    CHECK(reader.receive("\r\n\r\n").find("chunked") == std::string::npos);
    CHECK(reader.receive("<1>") == "<1>");
    world.handler.upto = -1;
    world.server->wake_streams();
    CHECK(reader.receive().empty());
}

TEST_CASE("Many readers cost no thread each, and keep nobody from being answered") {
    http::ServerSettings settings = on_loopback();
    settings.workers = 1;
    settings.max_streams = 150;
    ScriptedServer world(settings);
    std::list<RawClient> readers;
    for (int i = 0; i < 150; ++i) {
        readers.emplace_back(world.port()).send(get("/count"));
        readers.back().receive("\r\n\r\n");
    }
    RawClient other(world.port());
    other.send(get("/other"));
    CHECK(answer(other) == "200 /other");
    other.send(get("/count"));
    CHECK(answer(other) == "503 too many streams are open");
    world.handler.upto = 1;
    world.server->wake_streams();
    for (RawClient& reader : readers) REQUIRE(reader.receive("<1>\r\n") == "3\r\n<1>\r\n");
}

TEST_CASE("A reader who leaves makes place at once") {
    http::ServerSettings settings = on_loopback();
    settings.max_streams = 1;
    ScriptedServer world(settings);
    for (int i = 0; i < 20; ++i) {
        RawClient reader(world.port());
        reader.send(get("/count"));
        std::string head = reader.receive("\r\n\r\n");
        for (int tries = 0; head.starts_with("HTTP/1.1 503") && tries < 1000; ++tries) {
            RawClient again(world.port());
            again.send(get("/count"));
            head = again.receive("\r\n\r\n");
        }
        REQUIRE(head.starts_with("HTTP/1.1 200"));
    }
}

TEST_CASE("While nothing happens a heartbeat is sent") {
    http::ServerSettings settings = on_loopback();
    settings.heartbeat = milliseconds(50);
    ScriptedServer world(settings);
    RawClient reader(world.port());
    reader.send(get("/count"));
    reader.receive("\r\n\r\n");
    CHECK(reader.receive("<beat>\r\n") == "6\r\n<beat>\r\n");
    CHECK(reader.receive("<beat>\r\n") == "6\r\n<beat>\r\n");
}

TEST_CASE("A reader who takes nothing is cut off, and its place is free again") {
    http::ServerSettings settings = on_loopback();
    settings.patience = milliseconds(300);
    settings.max_streams = 1;
    ScriptedServer world(settings);
    world.handler.upto = 1000000;
    RawClient reader(world.port(), "127.0.0.1", 4096);
    reader.send(get("/flood"));
    reader.receive("\r\n\r\n");
    std::string head;
    while (!head.starts_with("HTTP/1.1 200")) {
        RawClient next(world.port());
        next.send(get("/count"));
        head = next.receive("\r\n\r\n");
        static_cast<void>(next.is_closed_within(20));
    }
    CHECK_FALSE(reader.receive().ends_with("0\r\n\r\n"));
}

TEST_CASE("Streams end when the server stops") {
    ScriptedServer world(on_loopback());
    RawClient reader(world.port());
    reader.send(get("/count"));
    reader.receive("\r\n\r\n");
    world.server.reset();
    CHECK(reader.receive() == "0\r\n\r\n");
}

}  // namespace custdkim::test
