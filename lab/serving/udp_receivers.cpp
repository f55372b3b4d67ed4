#include "lab/serving/udp_receivers.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>

#include <array>
#include <cerrno>
#include <system_error>

#include "dns/server_address.hpp"

namespace custdkim::lab {

namespace {

constexpr std::size_t max_question = 4096;  // more than any question needs; the rest of it is lost
constexpr int batch = 64;                   // datagrams from one socket before the others have a turn

struct Client {
    sockaddr_storage address{};
    socklen_t size = sizeof address;
};

std::string text_of(const Client& client) {
    std::array<char, INET6_ADDRSTRLEN> text{};
    const auto* const v4 = reinterpret_cast<const sockaddr_in*>(&client.address);
    const auto* const v6 = reinterpret_cast<const sockaddr_in6*>(&client.address);
    const bool is_v4 = client.address.ss_family == AF_INET;
    ::inet_ntop(client.address.ss_family,
                is_v4 ? static_cast<const void*>(&v4->sin_addr) : static_cast<const void*>(&v6->sin6_addr),
                text.data(), text.size());
    return dns::to_string({text.data(), ntohs(is_v4 ? v4->sin_port : v6->sin6_port)});
}

// A reply that finds no room in the socket is lost, as datagrams are.
SendReply sender(int socket, const Client& client) {
    return [socket, client](const Reply& reply) {
        if (reply.kind != Reply::Kind::answer) return;
        ::sendto(socket, reply.message.data(), reply.message.size(), MSG_DONTWAIT | MSG_NOSIGNAL,
                 reinterpret_cast<const sockaddr*>(&client.address), client.size);
    };
}

}  // namespace

UdpReceivers::UdpReceivers(const ListeningSockets& sockets, QuestionDesk& desk, unsigned threads)
    : sockets_(sockets), desk_(desk), stop_(::eventfd(0, EFD_CLOEXEC)) {
    if (!stop_) throw std::system_error(errno, std::generic_category(), "eventfd");
    for (unsigned i = 0; i < threads; ++i) threads_.emplace_back([this] { run(); });
}

UdpReceivers::~UdpReceivers() {
    ::eventfd_write(stop_.get(), 1);
    for (std::thread& thread : threads_) thread.join();
}

void UdpReceivers::run() {
    const Descriptor poll(::epoll_create1(EPOLL_CLOEXEC));
    epoll_event event{};
    event.events = EPOLLIN;
    event.data.ptr = nullptr;
    ::epoll_ctl(poll.get(), EPOLL_CTL_ADD, stop_.get(), &event);
    event.events = EPOLLIN | EPOLLEXCLUSIVE;  // one thread is enough for one datagram
    for (const ListeningSockets::Pair& pair : sockets_.pairs) {
        event.data.ptr = const_cast<ListeningSockets::Pair*>(&pair);
        ::epoll_ctl(poll.get(), EPOLL_CTL_ADD, pair.udp.get(), &event);
    }
    std::array<epoll_event, 64> ready{};
    for (;;) {
        const int count = ::epoll_wait(poll.get(), ready.data(), static_cast<int>(ready.size()), -1);
        for (int i = 0; i < count; ++i) {
            const auto* const pair = static_cast<const ListeningSockets::Pair*>(ready[i].data.ptr);
            if (!pair) return;
            receive(*pair);
        }
    }
}

void UdpReceivers::receive(const ListeningSockets::Pair& pair) {
    std::array<std::uint8_t, max_question> octets;
    for (int i = 0; i < batch; ++i) {
        Client client;
        const ssize_t size = ::recvfrom(pair.udp.get(), octets.data(), octets.size(), MSG_DONTWAIT,
                                        reinterpret_cast<sockaddr*>(&client.address), &client.size);
        if (size < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) return;
        if (size < 0) continue;  // an ICMP error, of an earlier reply
        desk_.take(
            {{octets.data(), static_cast<std::size_t>(size)}, Transport::udp, text_of(client), pair.address},
            sender(pair.udp.get(), client));
    }
}

}  // namespace custdkim::lab
