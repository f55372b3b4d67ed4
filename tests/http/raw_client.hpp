// A client that sends octets as a test wants them, and no HTTP unless it says so.
#pragma once

#include <arpa/inet.h>
#include <poll.h>
#include <sys/socket.h>

#include <cstring>
#include <stdexcept>
#include <string>
#include <string_view>

#include "base/descriptor.hpp"

namespace custdkim::test {

inline constexpr int long_enough = 60000;  // ms; nothing that passes waits for it

class RawClient {
  public:
    // From an address of this machine's own network.
    explicit RawClient(std::uint16_t port, const char* from = "127.0.0.1", int receive_buffer = 0)
        : socket_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
        sockaddr_in here{}, there{};
        here.sin_family = there.sin_family = AF_INET;
        ::inet_pton(AF_INET, from, &here.sin_addr);
        ::inet_pton(AF_INET, "127.0.0.1", &there.sin_addr);
        there.sin_port = htons(port);
        if (receive_buffer > 0)
            ::setsockopt(socket_.get(), SOL_SOCKET, SO_RCVBUF, &receive_buffer, sizeof receive_buffer);
        if (::bind(socket_.get(), reinterpret_cast<sockaddr*>(&here), sizeof here) != 0 ||
            ::connect(socket_.get(), reinterpret_cast<sockaddr*>(&there), sizeof there) != 0) {
            throw std::runtime_error(std::string("cannot connect: ") + std::strerror(errno));
        }
    }

    // Does not mind whether anybody takes it.
    void send(std::string_view octets) { ::send(socket_.get(), octets.data(), octets.size(), MSG_NOSIGNAL); }

    // All that comes until the server closes, or until `end` is in it.
    std::string receive(std::string_view end = {}) {
        while (end.empty() || kept_.find(end) == std::string::npos) {
            if (!take(long_enough)) break;
        }
        const std::size_t at = end.empty() ? std::string::npos : kept_.find(end);
        const std::size_t length = at == std::string::npos ? kept_.size() : at + end.size();
        std::string text = kept_.substr(0, length);
        kept_.erase(0, length);
        return text;
    }

    std::string receive_octets(std::size_t length) {
        while (kept_.size() < length && take(long_enough)) {
        }
        std::string text = kept_.substr(0, length);
        kept_.erase(0, length);
        return text;
    }

    // Whether the server closes within that time; what it says meanwhile is kept.
    bool is_closed_within(int milliseconds) {
        pollfd waiting{socket_.get(), POLLIN, 0};
        while (::poll(&waiting, 1, milliseconds) > 0) {
            if (!take(0)) return true;
        }
        return false;
    }

  private:
    // False at the end.
    bool take(int milliseconds) {
        pollfd waiting{socket_.get(), POLLIN, 0};
        if (::poll(&waiting, 1, milliseconds) <= 0) throw std::runtime_error("the server says nothing");
        char octets[4096];
        const ssize_t size = ::recv(socket_.get(), octets, sizeof octets, 0);
        if (size <= 0) return false;
        kept_.append(octets, static_cast<std::size_t>(size));
        return true;
    }

    Descriptor socket_;
    std::string kept_;
};

}  // namespace custdkim::test
