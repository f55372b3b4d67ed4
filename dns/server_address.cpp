#include "dns/server_address.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>

#include <algorithm>
#include <charconv>

namespace custdkim::dns {

namespace {

bool read_port(std::string_view digits, std::uint16_t& port) {
    const char* const end = digits.data() + digits.size();
    const auto [stop, error] = std::from_chars(digits.data(), end, port);
    return error == std::errc() && stop == end;
}

}  // namespace

Result<ServerAddress> parse_server_address(std::string_view text, std::optional<std::uint16_t> default_port) {
    const auto complaint = [&] {
        return invalid("'" + std::string(text) + "' is not an address; write it like 127.0.0.1" +
                       (default_port ? " or 127.0.0.1:5300" : ":8080") + " or [::1]:8080");
    };
    ServerAddress parsed;
    std::string_view port;
    if (text.starts_with('[')) {
        const std::size_t close = text.find(']');
        if (close == std::string_view::npos) return complaint();
        parsed.address = text.substr(1, close - 1);
        port = text.substr(close + 1);
    } else if (std::count(text.begin(), text.end(), ':') > 1) {
        parsed.address = text;  // bare IPv6
    } else {
        const std::size_t colon = text.find(':');
        parsed.address = text.substr(0, colon);
        if (colon != std::string_view::npos) port = text.substr(colon);
    }
    unsigned char address[sizeof(in6_addr)];
    const int family = parsed.address.find(':') == std::string::npos ? AF_INET : AF_INET6;
    if (::inet_pton(family, parsed.address.c_str(), address) != 1) return complaint();
    if (port.empty()) {
        if (!default_port) return complaint();
        parsed.port = *default_port;
        return parsed;
    }
    if (port.front() != ':' || !read_port(port.substr(1), parsed.port)) return complaint();
    return parsed;
}

bool is_loopback(std::string_view address) {
    const std::string text(address);
    in_addr v4{};
    in6_addr v6{};
    if (::inet_pton(AF_INET, text.c_str(), &v4) == 1) return ntohl(v4.s_addr) >> 24 == 127;
    return ::inet_pton(AF_INET6, text.c_str(), &v6) == 1 && IN6_IS_ADDR_LOOPBACK(&v6);
}

std::string to_string(const ServerAddress& server) {
    const bool v6 = server.address.find(':') != std::string::npos;
    return (v6 ? "[" + server.address + "]" : server.address) + ":" + std::to_string(server.port);
}

}  // namespace custdkim::dns
