#include "cli/event_stream.hpp"

#include <catch2/catch.hpp>

namespace custdkim::cli {

TEST_CASE("A message is whole at the empty line behind it, however it comes in pieces") {
    const std::string octets = "id: 7\nevent: audit\ndata: {\"a\":\ndata: 1}\n\n";
    for (std::size_t piece = 1; piece <= octets.size(); ++piece) {
        EventStream stream;
        std::vector<EventStream::Message> all;
        for (std::size_t at = 0; at < octets.size(); at += piece) {
            for (auto& message : stream.take(std::string_view(octets).substr(at, piece)))
                all.push_back(message);
        }
        REQUIRE(all.size() == 1);
        CHECK(all[0].id == "7");
        CHECK(all[0].type == "audit");
        CHECK(all[0].data == "{\"a\":\n1}");
    }
}

TEST_CASE("Comments keep a connection alive and say nothing") {
    EventStream stream;
    CHECK(stream.take(": still here\n\n:\r\n\r\nretry: 10\n\n").empty());
    const auto messages = stream.take("data:x\r\n\r\ndata\n\n");
    REQUIRE(messages.size() == 2);
    CHECK(messages[0].data == "x");
    CHECK(messages[1].data.empty());
}

TEST_CASE("Whoever sends lines without an end is not custdkim") {
    EventStream stream;
    stream.take(std::string(1 << 20, 'x'));
    CHECK_FALSE(stream.is_too_long());
    stream.take("x");
    CHECK(stream.is_too_long());
}

}  // namespace custdkim::cli
