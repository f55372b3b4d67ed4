#include "lab/serving/tcp_listeners.hpp"

#include <algorithm>
#include <array>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <deque>
#include <list>
#include <thread>

#include "base/log.hpp"
#include "dns/server_address.hpp"

namespace custdkim::lab {

namespace asio = boost::asio;
using asio::ip::tcp;

namespace {

constexpr auto no_throw = asio::as_tuple(asio::use_awaitable);
constexpr std::size_t max_under_way = 32;  // questions of one connection, until their replies are taken
constexpr std::chrono::milliseconds pause_after_failure{100};

struct Connection {
    Connection(tcp::socket taken, std::string server_address)
        : socket(std::move(taken)), server(std::move(server_address)), room(socket.get_executor()) {}

    tcp::socket socket;
    std::string client, server;
    asio::steady_timer room;  // cancelled when a reply is gone: the next question may be read
    std::size_t asked = 0;    // questions that the handler has
    std::deque<Bytes> outbox;
    bool at_end = false;  // the client asks no more
    std::chrono::steady_clock::time_point since = std::chrono::steady_clock::now();  // last sign of life

    bool is_full() const { return asked + outbox.size() >= max_under_way; }
    bool is_done() const { return at_end && asked == 0 && outbox.empty(); }
    void live() { since = std::chrono::steady_clock::now(); }
    void close() {
        boost::system::error_code ignored;
        socket.close(ignored);
        room.cancel();
    }
};

Bytes framed(const Bytes& message) {
    Bytes octets{static_cast<std::uint8_t>(message.size() >> 8), static_cast<std::uint8_t>(message.size())};
    octets.insert(octets.end(), message.begin(), message.end());
    return octets;
}

}  // namespace

// All but carry() runs in the one thread.
class TcpListeners::Engine : public std::enable_shared_from_this<Engine> {
  public:
    Engine(QuestionDesk& desk, TcpLimits limits) : desk_(desk), limits_(limits) {}

    void start(ListeningSockets& sockets) {
        for (ListeningSockets::Pair& pair : sockets.pairs) {
            tcp::acceptor& acceptor = acceptors_.emplace_back(io_);
            acceptor.assign(pair.is_v4 ? tcp::v4() : tcp::v6(), pair.tcp.release());
            asio::co_spawn(io_, accept_all(acceptor, pair.address), asio::detached);
        }
        asio::co_spawn(io_, sweep(), asio::detached);
        thread_ = std::thread([this] { io_.run(); });
    }

    void stop() {
        asio::post(io_, [this] {
            stopping_ = true;
            for (tcp::acceptor& acceptor : acceptors_) acceptor.close();
            for (const auto& connection : connections_) connection->close();
            sweeper_.cancel();
        });
        thread_.join();
    }

  private:
    using Shared = std::shared_ptr<Connection>;

    asio::awaitable<void> accept_all(tcp::acceptor& acceptor, std::string address) {
        while (!stopping_) {
            auto [error, socket] = co_await acceptor.async_accept(no_throw);
            if (stopping_) co_return;
            if (error) {  // out of descriptors, most likely: let some close first
                log_warning("a DNS connection could not be accepted", {{"reason", error.message()}});
                asio::steady_timer pause(io_, pause_after_failure);
                co_await pause.async_wait(no_throw);
                continue;
            }
            boost::system::error_code gone;
            const auto client = socket.remote_endpoint(gone);
            if (gone) continue;
            if (connections_.size() >= limits_.max_connections) close_idlest();
            auto connection = std::make_shared<Connection>(std::move(socket), address);
            connection->client = dns::to_string({client.address().to_string(), client.port()});
            connections_.push_back(connection);
            asio::co_spawn(io_, read_all(connection), asio::detached);
        }
    }

    // RFC 7766 section 6.2.3: rather than keep somebody new waiting.
    void close_idlest() {
        const auto idlest =
            std::min_element(connections_.begin(), connections_.end(),
                             [](const Shared& a, const Shared& b) { return a->since < b->since; });
        if (idlest == connections_.end()) return;
        (*idlest)->close();
        connections_.erase(idlest);
    }

    void end(const Shared& connection) {
        connection->close();
        connections_.remove(connection);
    }

    asio::awaitable<void> read_all(Shared connection) {
        std::array<std::uint8_t, 2> length{};
        Bytes question;
        while (connection->socket.is_open()) {
            if (connection->is_full()) {
                connection->room.expires_at(asio::steady_timer::time_point::max());
                co_await connection->room.async_wait(no_throw);
                continue;
            }
            auto [error, size] =
                co_await asio::async_read(connection->socket, asio::buffer(length), no_throw);
            if (error) break;
            question.resize(length[0] * 256U + length[1]);
            std::tie(error, size) =
                co_await asio::async_read(connection->socket, asio::buffer(question), no_throw);
            if (error) break;
            connection->live();
            ask(connection, question);
        }
        connection->at_end = true;
        if (connection->is_done()) end(connection);
    }

    void ask(const Shared& connection, const Bytes& question) {
        ++connection->asked;
        // The desk may outlive us, and has the connection's reply then.
        auto send = [engine = weak_from_this(), connection = std::weak_ptr(connection)](Reply reply) {
            if (const auto alive = engine.lock()) alive->carry(connection, std::move(reply));
        };
        desk_.take({question, Transport::tcp, connection->client, connection->server}, std::move(send));
    }

    // In any thread.
    void carry(const std::weak_ptr<Connection>& to, Reply reply) {
        asio::post(io_, [this, to, reply = std::move(reply)]() mutable {
            if (const auto connection = to.lock()) finish(connection, std::move(reply));
        });
    }

    void finish(const Shared& connection, Reply reply) {
        --connection->asked;
        connection->room.cancel();
        if (!connection->socket.is_open()) return;
        connection->live();
        if (reply.kind == Reply::Kind::hang_up) return end(connection);
        if (reply.kind == Reply::Kind::answer && reply.message.size() <= 65535) {
            connection->outbox.push_back(framed(reply.message));
            if (connection->outbox.size() == 1) asio::co_spawn(io_, write_all(connection), asio::detached);
        } else if (connection->is_done()) {
            end(connection);
        }
    }

    asio::awaitable<void> write_all(Shared connection) {
        while (!connection->outbox.empty()) {
            const auto [error, size] = co_await asio::async_write(
                connection->socket, asio::buffer(connection->outbox.front()), no_throw);
            if (error) co_return end(connection);
            connection->live();
            connection->outbox.pop_front();
            connection->room.cancel();
        }
        if (connection->is_done()) end(connection);
    }

    // Who neither sends a whole question in time nor takes a whole reply is idle.
    asio::awaitable<void> sweep() {
        while (!stopping_) {
            sweeper_.expires_after(limits_.idle_time / 8);
            co_await sweeper_.async_wait(no_throw);
            const auto oldest = std::chrono::steady_clock::now() - limits_.idle_time;
            connections_.remove_if([&](const Shared& connection) {
                const bool is_idle = connection->asked == 0 && connection->since < oldest;
                if (is_idle) connection->close();
                return is_idle;
            });
        }
    }

    QuestionDesk& desk_;
    const TcpLimits limits_;
    asio::io_context io_{1};
    asio::steady_timer sweeper_{io_};
    std::list<tcp::acceptor> acceptors_;
    std::list<Shared> connections_;
    bool stopping_ = false;
    std::thread thread_;
};

TcpListeners::TcpListeners(ListeningSockets& sockets, QuestionDesk& desk, TcpLimits limits)
    : engine_(std::make_shared<Engine>(desk, limits)) {
    engine_->start(sockets);
}

TcpListeners::~TcpListeners() { engine_->stop(); }

}  // namespace custdkim::lab
