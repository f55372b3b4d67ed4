#include "dns/exchange.hpp"

#include <array>
#include <boost/asio/buffer.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ip/udp.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/write.hpp>
#include <limits>

namespace custdkim::dns {

namespace {

namespace asio = boost::asio;
using boost::system::error_code;

constexpr std::size_t max_datagram = std::numeric_limits<std::uint16_t>::max();
// So many datagrams are looked at before others have their turn: a flood must not stop everybody else.
constexpr int datagrams_per_turn = 16;

Error silent() { return {Errc::unavailable, "no answer in time"}; }

Error failed(const error_code& error) {
    // Asio's own texts differ from those that people know from elsewhere.
    if (error == asio::error::connection_refused) return {Errc::unavailable, "connection refused"};
    return {Errc::unavailable, error.message()};
}

template <typename Endpoint>
Endpoint endpoint_of(const ServerAddress& server, error_code& error) {
    return Endpoint(asio::ip::make_address(server.address, error), server.port);
}

// What both have: the order, and an outcome that is told once.
class AnyExchange : public Exchange {
  public:
    AnyExchange(Order order, Outcome outcome) : order_(std::move(order)), outcome_(std::move(outcome)) {}

  protected:
    // True once the outcome is told.
    bool is_over() const { return !outcome_; }

    void end(Result<Answer> result) {
        if (is_over()) return;
        const Outcome tell = std::exchange(outcome_, nullptr);
        close();
        tell(std::move(result));
    }

    virtual void close() = 0;

    const Order& order() const { return order_; }

  private:
    Order order_;
    Outcome outcome_;
};

class UdpExchange final : public AnyExchange, public std::enable_shared_from_this<UdpExchange> {
  public:
    UdpExchange(asio::io_context& context, Order order, Outcome outcome)
        : AnyExchange(std::move(order), std::move(outcome)), socket_(context), again_(context) {}

    void start() override {
        error_code error;
        const auto server = endpoint_of<asio::ip::udp::endpoint>(order().server, error);
        // A connected socket: the kernel picks a random port, drops what others send to it, and tells when
        // nobody listens there.
        if (!error) socket_.open(server.protocol(), error);
        if (!error) socket_.connect(server, error);
        if (!error) socket_.non_blocking(true, error);
        if (error) return end(failed(error));
        send();
        if (is_over()) return;
        listen();
        const auto now = std::chrono::steady_clock::now();
        again_.expires_after((order().deadline - now) / 2);
        again_.async_wait([self = shared_from_this()](const error_code& cancelled) {
            if (!cancelled && !self->is_over()) self->send();
        });
    }

    void stop() override {
        if (strangers_ == 0) return end(silent());
        end(Error{Errc::corrupt, "answered with another id or question " + std::to_string(strangers_) +
                                     (strangers_ == 1 ? " time" : " times")});
    }

  private:
    void close() override {
        error_code ignored;
        socket_.close(ignored);
        again_.cancel();
    }

    void send() {
        error_code error;
        socket_.send(asio::buffer(order().wire), 0, error);
        // A full buffer is a lost datagram like any other. A refusal may be meant for the one before.
        const bool lost = error == asio::error::would_block || error == asio::error::no_buffer_space;
        if (error && !lost) end(failed(error));
    }

    // The datagram is read when it is there, into one buffer for all: 64 KiB for each would be much.
    void listen() {
        if (is_over()) return;
        socket_.async_wait(asio::ip::udp::socket::wait_read,
                           [self = shared_from_this()](const error_code& cancelled) {
                               if (!cancelled) self->hear();
                           });
    }

    void hear() {
        thread_local std::array<std::uint8_t, max_datagram> buffer;
        for (int left = datagrams_per_turn; left > 0 && !is_over(); --left) {
            error_code error;
            const std::size_t size = socket_.receive(asio::buffer(buffer), 0, error);
            if (error == asio::error::would_block) break;
            if (error) return end(failed(error));
            take({buffer.data(), size});
        }
        listen();
    }

    void take(std::span<const std::uint8_t> message) {
        auto answer = read_answer(message, order().question);
        if (!answer) return end(Error{Errc::corrupt, answer.error().detail});
        if (*answer) return end(std::move(**answer));
        ++strangers_;
    }

    asio::ip::udp::socket socket_;
    asio::steady_timer again_;
    std::size_t strangers_ = 0;  // answers that were not to our question
};

class TcpExchange final : public AnyExchange, public std::enable_shared_from_this<TcpExchange> {
  public:
    TcpExchange(asio::io_context& context, Order order, Outcome outcome)
        : AnyExchange(std::move(order), std::move(outcome)), socket_(context) {}

    void start() override {
        error_code error;
        const auto server = endpoint_of<asio::ip::tcp::endpoint>(order().server, error);
        if (error) return end(failed(error));
        const std::size_t size = order().wire.size();
        framed_ = {static_cast<std::uint8_t>(size >> 8), static_cast<std::uint8_t>(size)};
        framed_.insert(framed_.end(), order().wire.begin(), order().wire.end());
        socket_.async_connect(server, [self = shared_from_this()](const error_code& failure) {
            if (!self->gave_up(failure)) self->write();
        });
    }

    void stop() override { end(silent()); }

  private:
    void close() override {
        error_code ignored;
        socket_.close(ignored);
    }

    bool gave_up(const error_code& error) {
        if (error) end(failed(error));
        return is_over();
    }

    void write() {
        asio::async_write(socket_, asio::buffer(framed_),
                          [self = shared_from_this()](const error_code& error, std::size_t) {
                              if (!self->gave_up(error)) self->read_length();
                          });
    }

    void read_length() {
        asio::async_read(socket_, asio::buffer(length_),
                         [self = shared_from_this()](const error_code& error, std::size_t got) {
                             if (self->was_cut_off(error, got > 0)) return;
                             const std::size_t size = self->length_[0] * 256U + self->length_[1];
                             self->message_.resize(size);
                             self->read_message();
                         });
    }

    void read_message() {
        asio::async_read(socket_, asio::buffer(message_),
                         [self = shared_from_this()](const error_code& error, std::size_t) {
                             if (!self->was_cut_off(error, true)) self->take();
                         });
    }

    bool was_cut_off(const error_code& error, bool within_answer) {
        if (error == asio::error::eof) {
            end(within_answer ? Error{Errc::corrupt, "closed the TCP connection in the middle of an answer"}
                              : Error{Errc::unavailable, "closed the TCP connection without an answer"});
        }
        return gave_up(error);
    }

    void take() {
        auto answer = read_answer(message_, order().question);
        if (!answer) return end(Error{Errc::corrupt, answer.error().detail});
        if (!*answer) return end(Error{Errc::corrupt, "answered with another id or question over TCP"});
        end(std::move(**answer));
    }

    asio::ip::tcp::socket socket_;
    std::vector<std::uint8_t> framed_;  // the question, its length in front (RFC 1035 section 4.2.2)
    std::array<std::uint8_t, 2> length_{};
    std::vector<std::uint8_t> message_;
};

}  // namespace

std::shared_ptr<Exchange> Exchange::over_udp(asio::io_context& context, Order order, Outcome outcome) {
    return std::make_shared<UdpExchange>(context, std::move(order), std::move(outcome));
}

std::shared_ptr<Exchange> Exchange::over_tcp(asio::io_context& context, Order order, Outcome outcome) {
    return std::make_shared<TcpExchange>(context, std::move(order), std::move(outcome));
}

}  // namespace custdkim::dns
