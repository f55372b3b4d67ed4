#include "dns/server_address.hpp"

#include <catch2/catch.hpp>

using namespace custdkim::dns;

TEST_CASE("A server address is written as it is read") {
    const std::string text = GENERATE("192.0.2.1:5300", "[2001:db8::1]:53", "[::1]:8080");
    CHECK(to_string(parse_server_address(text, std::nullopt).value()) == text);
}

TEST_CASE("A default port counts only where none is given") {
    CHECK(to_string(parse_server_address("192.0.2.1", 53).value()) == "192.0.2.1:53");
    CHECK(to_string(parse_server_address("2001:db8::1", 53).value()) == "[2001:db8::1]:53");
    CHECK(to_string(parse_server_address("192.0.2.1:54", 53).value()) == "192.0.2.1:54");
    CHECK(parse_server_address("192.0.2.1", std::nullopt).has_error());
}

TEST_CASE("Loopback is what nobody but this machine reaches, and no name that begins like it") {
    for (const char* const address : {"127.0.0.1", "127.53.0.9", "::1", "0:0::1"})
        CHECK(is_loopback(address));
    for (const char* const other :
         {"128.0.0.1", "127.example.net", "127.0.0.1.example.net", "0.0.0.0", "::", "::2", "localhost", ""}) {
        CHECK_FALSE(is_loopback(other));
    }
}
