// A client on loopback, over UDP or TCP, and a handler that answers as its questions say: the octets behind
// the two of the id are a word.
#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>

#include <cerrno>
#include <condition_variable>
#include <mutex>
#include <string>
#include <vector>

#include "base/descriptor.hpp"
#include "lab/serving/dns_handler.hpp"

namespace custdkim::lab::test {

// "quick": at once. "slow": by a worker. "stuck": by a worker, once told to go on. "late": at once, but after
// a while. "big": 60,000 octets at once. "silent", "hang": no answer.
class WordHandler final : public DnsHandler {
  public:
    std::optional<Reply> at_once(const DnsQuery& query) override {
        const std::string word = word_of(query);
        if (word == "slow" || word == "stuck") return std::nullopt;
        if (word == "silent") return Reply{};
        if (word == "hang") return Reply{Reply::Kind::hang_up, {}, {}};
        Reply reply = echo(query);
        if (word == "late") reply.delay = std::chrono::milliseconds(50);
        if (word == "big") reply.message.resize(60000);
        return reply;
    }
    Reply answer(const DnsQuery& query) override {
        if (word_of(query) == "stuck") {
            std::unique_lock lock(mutex_);
            ++stuck_;
            changed_.notify_all();
            changed_.wait(lock, [this] { return goes_on_; });
        }
        return echo(query);
    }

    void wait_for_stuck(int count) {
        std::unique_lock lock(mutex_);
        changed_.wait(lock, [&] { return stuck_ >= count; });
    }
    void go_on() {
        const std::lock_guard lock(mutex_);
        goes_on_ = true;
        changed_.notify_all();
    }

  private:
    static std::string word_of(const DnsQuery& query) {
        return std::string(query.octets.begin() + std::min<std::ptrdiff_t>(2, std::ssize(query.octets)),
                           query.octets.end());
    }
    // The question, and where it was asked.
    static Reply echo(const DnsQuery& query) {
        Bytes message(query.octets.begin(), query.octets.end());
        const std::string rest = "@" + query.server + (query.transport == Transport::tcp ? "/tcp" : "/udp");
        message.insert(message.end(), rest.begin(), rest.end());
        return {Reply::Kind::answer, std::move(message), {}};
    }

    std::mutex mutex_;
    std::condition_variable changed_;
    int stuck_ = 0;
    bool goes_on_ = false;
};

class Client {
  public:
    Client(int kind, const std::string& address, std::uint16_t port) {
        const bool is_v4 = address.find(':') == std::string::npos;
        socket_ = Descriptor(::socket(is_v4 ? AF_INET : AF_INET6, kind | SOCK_CLOEXEC, 0));
        sockaddr_in v4{};
        sockaddr_in6 v6{};
        v4.sin_family = AF_INET;
        v6.sin6_family = AF_INET6;
        v4.sin_port = v6.sin6_port = htons(port);
        ::inet_pton(AF_INET, address.c_str(), &v4.sin_addr);
        ::inet_pton(AF_INET6, address.c_str(), &v6.sin6_addr);
        const timeval patience{60, 0};
        ::setsockopt(socket_.get(), SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
        const int failed = is_v4 ? ::connect(socket_.get(), reinterpret_cast<sockaddr*>(&v4), sizeof v4)
                                 : ::connect(socket_.get(), reinterpret_cast<sockaddr*>(&v6), sizeof v6);
        if (failed != 0) throw std::runtime_error("connect");
    }

    void send_raw(const std::string& octets) {
        ::send(socket_.get(), octets.data(), octets.size(), MSG_NOSIGNAL);
    }
    std::string receive_datagram() {
        std::string octets(65536, '\0');
        const ssize_t size = ::recv(socket_.get(), octets.data(), octets.size(), 0);
        return size < 0 ? "nothing" : octets.substr(0, static_cast<std::size_t>(size));
    }
    // With its length before it; "closed" if the server has no more to say, "nothing" if it waits for ever.
    std::string receive_framed() {
        std::string length(2, '\0');
        const ssize_t got = ::recv(socket_.get(), length.data(), 2, MSG_WAITALL);
        if (got < 0 && errno == EAGAIN) return "nothing";
        if (got != 2) return "closed";
        std::string octets(
            static_cast<unsigned char>(length[0]) * 256U + static_cast<unsigned char>(length[1]), '\0');
        ::recv(socket_.get(), octets.data(), octets.size(), MSG_WAITALL);
        return octets;
    }
    void stop_sending() { ::shutdown(socket_.get(), SHUT_WR); }
    // Whether the server has broken the connection off; waits for it, and takes nothing that came before.
    bool is_cut_off() {
        pollfd watched{socket_.get(), 0, 0};
        return ::poll(&watched, 1, 20000) > 0;
    }
    bool has_something() {
        pollfd watched{socket_.get(), POLLIN, 0};
        return ::poll(&watched, 1, 0) > 0;
    }

  private:
    Descriptor socket_;
};

inline std::string question(const std::string& word) { return "id" + word; }
inline std::string framed(const std::string& word) {
    const std::string octets = question(word);
    return std::string{static_cast<char>(octets.size() >> 8), static_cast<char>(octets.size())} + octets;
}

}  // namespace custdkim::lab::test
