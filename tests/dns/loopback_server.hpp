// A name server inside the test program, on a free port of loopback, UDP and TCP alike, that says what the
// test wants said. One thread; the reply function runs in it.
#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>

#include <condition_variable>
#include <functional>
#include <mutex>
#include <string>
#include <system_error>
#include <thread>
#include <vector>

#include "base/descriptor.hpp"
#include "dns/server_address.hpp"

namespace custdkim::test {

struct Query {
    std::string message;
    bool tcp = false;
    sockaddr_in from{};
};

class LoopbackServer {
  public:
    // UDP: each string is one datagram. TCP: they are sent as they are, lengths included, and the connection
    // is closed, or kept open and silent if there are none.
    using Reply = std::function<std::vector<std::string>(const Query&)>;

    explicit LoopbackServer(Reply reply) : reply_(std::move(reply)), stop_(::eventfd(0, EFD_CLOEXEC)) {
        // The port that UDP is given is nearly always free for TCP, too.
        for (int attempt = 0; attempt < 100 && !listener_; ++attempt) {
            udp_ = bound(SOCK_DGRAM, 0);
            sockaddr_in here{};
            socklen_t size = sizeof here;
            ::getsockname(udp_.get(), reinterpret_cast<sockaddr*>(&here), &size);
            port_ = ntohs(here.sin_port);
            listener_ = bound(SOCK_STREAM, port_);
        }
        if (!listener_ || ::listen(listener_.get(), 16) != 0) {
            throw std::system_error(errno, std::generic_category(), "listen");
        }
        thread_ = std::thread([this] { serve(); });
    }
    LoopbackServer(const LoopbackServer&) = delete;
    LoopbackServer& operator=(const LoopbackServer&) = delete;
    ~LoopbackServer() {
        ::eventfd_write(stop_.get(), 1);
        thread_.join();
    }

    dns::ServerAddress address() const { return {"127.0.0.1", port_}; }

    // What was asked, once so many questions have come.
    std::vector<Query> queries(std::size_t count) {
        std::unique_lock lock(mutex_);
        came_.wait(lock, [&] { return queries_.size() >= count; });
        return queries_;
    }

    // A datagram to a client, from another port than it asked.
    static void send_from_elsewhere(const Query& query, const std::string& datagram) {
        const Descriptor other = bound(SOCK_DGRAM, 0);
        send_to(other.get(), query.from, datagram);
    }

    // A socket bound to a port of loopback, 0 for any; none if it is taken.
    static Descriptor bound(int kind, std::uint16_t port) {
        Descriptor socket(::socket(AF_INET, kind | SOCK_CLOEXEC, 0));
        sockaddr_in here{};
        here.sin_family = AF_INET;
        here.sin_port = htons(port);
        here.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        if (::bind(socket.get(), reinterpret_cast<const sockaddr*>(&here), sizeof here) != 0) return {};
        return socket;
    }

  private:
    static void send_to(int socket, const sockaddr_in& to, const std::string& datagram) {
        ::sendto(socket, datagram.data(), datagram.size(), 0, reinterpret_cast<const sockaddr*>(&to),
                 sizeof to);
    }

    std::vector<std::string> reply_to(const Query& query) {
        {
            const std::lock_guard lock(mutex_);
            queries_.push_back(query);
        }
        came_.notify_all();
        return reply_(query);
    }

    void serve_datagram() {
        Query query;
        query.message.resize(4096);
        socklen_t size = sizeof query.from;
        const ssize_t got = ::recvfrom(udp_.get(), query.message.data(), query.message.size(), 0,
                                       reinterpret_cast<sockaddr*>(&query.from), &size);
        if (got < 12) return;
        query.message.resize(static_cast<std::size_t>(got));
        for (const std::string& datagram : reply_to(query)) send_to(udp_.get(), query.from, datagram);
    }

    void serve_connection() {
        Descriptor client(::accept4(listener_.get(), nullptr, nullptr, SOCK_CLOEXEC));
        unsigned char length[2];
        if (::recv(client.get(), length, 2, MSG_WAITALL) != 2) return;
        Query query;
        query.tcp = true;
        query.message.resize(length[0] * 256U + length[1]);
        if (::recv(client.get(), query.message.data(), query.message.size(), MSG_WAITALL) < 12) return;
        const auto replies = reply_to(query);
        for (const std::string& reply : replies) {
            ::send(client.get(), reply.data(), reply.size(), MSG_NOSIGNAL);
        }
        if (replies.empty()) silent_.push_back(std::move(client));
    }

    void serve() {
        while (true) {
            pollfd watched[] = {
                {stop_.get(), POLLIN, 0}, {udp_.get(), POLLIN, 0}, {listener_.get(), POLLIN, 0}};
            if (::poll(watched, 3, -1) < 0) continue;
            if (watched[0].revents != 0) return;
            if (watched[1].revents != 0) serve_datagram();
            if (watched[2].revents != 0) serve_connection();
        }
    }

    Reply reply_;
    Descriptor stop_, udp_, listener_;
    std::vector<Descriptor> silent_;
    std::uint16_t port_ = 0;
    std::mutex mutex_;  // guards queries_
    std::condition_variable came_;
    std::vector<Query> queries_;
    std::thread thread_;
};

}  // namespace custdkim::test
