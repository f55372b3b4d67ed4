#include "lab/serving/listening_sockets.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <cerrno>
#include <cstring>
#include <optional>

#include "dns/server_address.hpp"

namespace custdkim::lab {

namespace {

constexpr int attempts = 100;  // to find a port that is free everywhere
constexpr int receive_buffer = 4 << 20;

struct SocketAddress {
    sockaddr_storage storage{};
    socklen_t size = 0;
    bool is_v4 = true;
};

std::optional<SocketAddress> socket_address(const std::string& address, std::uint16_t port) {
    SocketAddress made;
    auto* const v4 = reinterpret_cast<sockaddr_in*>(&made.storage);
    auto* const v6 = reinterpret_cast<sockaddr_in6*>(&made.storage);
    if (::inet_pton(AF_INET, address.c_str(), &v4->sin_addr) == 1) {
        v4->sin_family = AF_INET;
        v4->sin_port = htons(port);
        made.size = sizeof *v4;
        return made;
    }
    if (::inet_pton(AF_INET6, address.c_str(), &v6->sin6_addr) != 1) return std::nullopt;
    v6->sin6_family = AF_INET6;
    v6->sin6_port = htons(port);
    made.size = sizeof *v6;
    made.is_v4 = false;
    return made;
}

// None, and errno, where that is not possible.
Descriptor bound(int kind, const SocketAddress& where) {
    Descriptor made(::socket(where.is_v4 ? AF_INET : AF_INET6, kind | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
    if (!made) return {};
    const int yes = 1;
    if (!where.is_v4) ::setsockopt(made.get(), IPPROTO_IPV6, IPV6_V6ONLY, &yes, sizeof yes);
    if (kind == SOCK_STREAM) {
        // Not for UDP: there it would let two labs share a port, and take questions from each other.
        ::setsockopt(made.get(), SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
    } else {
        ::setsockopt(made.get(), SOL_SOCKET, SO_RCVBUF, &receive_buffer, sizeof receive_buffer);
    }
    if (::bind(made.get(), reinterpret_cast<const sockaddr*>(&where.storage), where.size) != 0) return {};
    if (kind == SOCK_STREAM && ::listen(made.get(), SOMAXCONN) != 0) return {};
    return made;
}

std::uint16_t port_of(const Descriptor& socket) {
    sockaddr_storage storage{};
    socklen_t size = sizeof storage;
    ::getsockname(socket.get(), reinterpret_cast<sockaddr*>(&storage), &size);
    return ntohs(storage.ss_family == AF_INET ? reinterpret_cast<sockaddr_in*>(&storage)->sin_port
                                              : reinterpret_cast<sockaddr_in6*>(&storage)->sin6_port);
}

// `busy` where somebody else has the port.
Error cannot_listen(const std::string& address, std::uint16_t port) {
    const int why = errno;
    const std::string sentence =
        "the lab cannot listen on " + dns::to_string({address, port}) + ": " + std::strerror(why);
    if (why == EADDRINUSE) return {Errc::busy, sentence + "; take another port"};
    return invalid(sentence + (why == EACCES ? "; ports below 1024 need privileges, take another" : ""));
}

Result<ListeningSockets> bind_all(const std::vector<std::string>& addresses, std::uint16_t port) {
    ListeningSockets sockets;
    sockets.port = port;
    for (const std::string& address : addresses) {
        auto where = socket_address(address, sockets.port);
        if (!where) return invalid("'" + address + "' is not an IP address");
        ListeningSockets::Pair pair{address, where->is_v4, bound(SOCK_DGRAM, *where), {}};
        if (!pair.udp) return cannot_listen(address, sockets.port);
        if (sockets.port == 0) {
            sockets.port = port_of(pair.udp);
            where = socket_address(address, sockets.port);
        }
        pair.tcp = bound(SOCK_STREAM, *where);
        if (!pair.tcp) return cannot_listen(address, sockets.port);
        sockets.pairs.push_back(std::move(pair));
    }
    return sockets;
}

}  // namespace

Result<ListeningSockets> listen_on(const std::vector<std::string>& addresses, std::uint16_t port,
                                   bool allow_any_address) {
    if (addresses.empty()) return invalid("the lab has no address to listen on");
    for (const std::string& address : addresses) {
        if (!socket_address(address, port)) return invalid("'" + address + "' is not an IP address");
        if (!allow_any_address && !dns::is_loopback(address)) {
            return refused(address +
                           " is not a loopback address, and what the lab answers there would not be the "
                           "truth; set allow_any_address = true if others are to ask it");
        }
    }
    for (int attempt = 1;; ++attempt) {
        auto sockets = bind_all(addresses, port);
        // A port that was free for the first need not be free for the others.
        if (sockets || port != 0 || sockets.error().code != Errc::busy || attempt == attempts) return sockets;
    }
}

}  // namespace custdkim::lab
