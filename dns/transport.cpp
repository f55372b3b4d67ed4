#include "dns/transport.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <limits>

#include "base/descriptor.hpp"

namespace custdkim::dns {

namespace {

using std::chrono::steady_clock;

constexpr std::size_t max_message = std::numeric_limits<std::uint16_t>::max();

Error silent() { return {Errc::unavailable, "no answer in time"}; }
Error broken() { return {Errc::unavailable, std::strerror(errno)}; }

// False when the deadline comes first.
bool wait(int socket, short events, Deadline deadline) {
    while (true) {
        const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - steady_clock::now());
        if (left.count() <= 0) return false;
        pollfd watched{socket, events, 0};
        const auto most = std::min<long>(left.count(), std::numeric_limits<int>::max());
        if (::poll(&watched, 1, static_cast<int>(most)) > 0) return true;
    }
}

// After an operation that did not block: worth waiting for, or an error.
bool would_block() { return errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR; }

// A socket that talks to this server only: the kernel drops what others send to it, and tells when nobody
// listens there.
Result<Descriptor> connect_to(const ServerAddress& server, int kind) {
    sockaddr_in v4{};
    sockaddr_in6 v6{};
    v4.sin_family = AF_INET;
    v6.sin6_family = AF_INET6;
    v4.sin_port = v6.sin6_port = htons(server.port);
    const bool is_v4 = ::inet_pton(AF_INET, server.address.c_str(), &v4.sin_addr) == 1;
    if (!is_v4 && ::inet_pton(AF_INET6, server.address.c_str(), &v6.sin6_addr) != 1) {
        return invalid("'" + server.address + "' is not an IP address");
    }
    Descriptor socket(::socket(is_v4 ? AF_INET : AF_INET6, kind | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
    if (!socket) return broken();
    const auto* const address =
        is_v4 ? reinterpret_cast<const sockaddr*>(&v4) : reinterpret_cast<const sockaddr*>(&v6);
    const socklen_t size = is_v4 ? sizeof v4 : sizeof v6;
    if (::connect(socket.get(), address, size) != 0 && errno != EINPROGRESS) return broken();
    return socket;
}

Result<void> hear(int socket, Deadline deadline, const Listener& listener) {
    Octets message(max_message);
    while (wait(socket, POLLIN, deadline)) {
        const ssize_t size = ::recv(socket, message.data(), message.size(), 0);
        if (size < 0 && would_block()) continue;  // a wrong checksum
        if (size < 0) return broken();
        const auto heard = listener({message.data(), static_cast<std::size_t>(size)});
        if (!heard) return heard.error();
        if (*heard) return {};
    }
    return silent();
}

Result<void> send_all(int socket, std::span<const std::uint8_t> octets, Deadline deadline) {
    while (!octets.empty()) {
        if (!wait(socket, POLLOUT, deadline)) return silent();
        const ssize_t sent = ::send(socket, octets.data(), octets.size(), MSG_NOSIGNAL);
        if (sent < 0 && would_block()) continue;
        if (sent < 0) return broken();
        octets = octets.subspan(static_cast<std::size_t>(sent));
    }
    return {};
}

Result<Octets> receive_all(int socket, std::size_t size, Deadline deadline) {
    Octets octets(size);
    for (std::size_t have = 0; have < size;) {
        if (!wait(socket, POLLIN, deadline)) return silent();
        const ssize_t got = ::recv(socket, octets.data() + have, size - have, 0);
        if (got < 0 && would_block()) continue;
        if (got < 0) return broken();
        if (got == 0) return Error{Errc::unavailable, "closed the TCP connection without a whole answer"};
        have += static_cast<std::size_t>(got);
    }
    return octets;
}

}  // namespace

Result<void> exchange_udp(const ServerAddress& server, const Octets& question, Deadline again,
                          Deadline deadline, const Listener& listener) {
    const auto socket = connect_to(server, SOCK_DGRAM);
    if (!socket) return socket.error();
    Result<void> heard = silent();
    for (const Deadline until : {again, deadline}) {
        // Also after an ICMP error: the server may be just starting.
        if (::send(socket->get(), question.data(), question.size(), 0) < 0 && !would_block()) {
            heard = broken();
            continue;
        }
        heard = hear(socket->get(), until, listener);
        if (heard) break;
    }
    return heard;
}

Result<Octets> exchange_tcp(const ServerAddress& server, const Octets& question, Deadline deadline) {
    const auto socket = connect_to(server, SOCK_STREAM);
    if (!socket) return socket.error();
    Octets framed{static_cast<std::uint8_t>(question.size() >> 8),
                  static_cast<std::uint8_t>(question.size())};
    framed.insert(framed.end(), question.begin(), question.end());
    if (const auto sent = send_all(socket->get(), framed, deadline); !sent) return sent.error();
    const auto length = receive_all(socket->get(), 2, deadline);
    if (!length) return length.error();
    return receive_all(socket->get(), length->at(0) * 256U + length->at(1), deadline);
}

}  // namespace custdkim::dns
