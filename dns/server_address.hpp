// Where a server listens: an IP address and a port, as the configuration writes them. A value.
#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.hpp"

namespace custdkim::dns {

struct ServerAddress {
    std::string address;  // an IP address
    std::uint16_t port = 0;

    auto operator<=>(const ServerAddress&) const = default;
};

// "127.0.0.1:8080", "[::1]:8080"; the port may be missing where there is a default.
Result<ServerAddress> parse_server_address(std::string_view text, std::optional<std::uint16_t> default_port);

// Whether this is an IP address that nobody but this machine reaches (RFC 1122 section 3.2.1.3, RFC 4291
// section 2.5.3).
bool is_loopback(std::string_view address);

// As it is parsed, always with its port.
std::string to_string(const ServerAddress& server);

}  // namespace custdkim::dns
