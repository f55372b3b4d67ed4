// One connection to the server: what goes over it, each step within its time, and what tells whether it may
// be closed to make place for others. For http/server.cpp only; belongs to the one thread that runs its
// executor.
#pragma once

#include <sys/stat.h>
#include <unistd.h>

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/http.hpp>
#include <cstdint>
#include <memory>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "http/awaiting.hpp"
#include "http/beast_messages.hpp"
#include "http/server.hpp"
#include "http/wire.hpp"

namespace custdkim::http {

class Session {
  public:
    using Socket = boost::asio::ip::tcp::socket;
    template <typename T>
    using Awaitable = boost::asio::awaitable<T>;

    // `settings` outlive it.
    Session(Socket socket, boost::asio::ip::address from, TlsContext context, const ServerSettings& settings)
        : client(std::move(from)),
          bell_(socket.get_executor()),
          wire_(std::move(socket), std::move(context)),
          settings_(settings) {}

    const boost::asio::ip::address client;
    bool at_work = false;    // a handler is running, or its response is on the way
    std::uint64_t turn = 0;  // when it began to make us wait: the lower the longer ago

    bool is_closed() const { return is_closed_; }
    Wire& wire() { return wire_; }

    // What comes next over the wire has the time that a client is given.
    void give_time() { wire_.tcp().expires_after(settings_.patience); }
    void give_all_time() { wire_.tcp().expires_never(); }

    Awaitable<bool> shake_hands() {
        if (!wire_.is_encrypted()) co_return true;
        wire_.tcp().expires_after(settings_.handshake);
        const auto [error] = co_await wire_.async_handshake(no_throw);
        co_return !error;
    }

    Awaitable<void> say_farewell() {
        constexpr std::chrono::seconds farewell_limit{1};
        if (!wire_.is_encrypted() || is_closed_) co_return;
        wire_.tcp().expires_after(farewell_limit);
        co_await wire_.async_shutdown(no_throw);
    }

    void shut_down() {
        boost::beast::error_code ignored;
        wire_.tcp().socket().shutdown(Socket::shutdown_both, ignored);
    }

    Awaitable<bool> send(Message message) {
        give_time();
        const auto [error, size] = co_await boost::beast::http::async_write(wire_, message, no_throw);
        co_return !error;
    }

    // Not a temporary: g++ 12 destroys those twice that stand in a co_await (GCC bug 99576).
    Awaitable<bool> send_octets(const std::string& octets) {
        give_time();
        const auto [error, size] =
            co_await boost::asio::async_write(wire_, boost::asio::buffer(octets), no_throw);
        co_return !error;
    }

    // Each piece may take as long as a response. Files are as new as their request, so that the pieces are in
    // memory.
    Awaitable<bool> send_file(Message head, const Descriptor& file) {
        struct stat found {};
        if (::fstat(file.get(), &found) != 0) co_return false;
        head.content_length(static_cast<std::uint64_t>(found.st_size));
        boost::beast::http::response_serializer<boost::beast::http::string_body> serializer(head);
        give_time();
        auto [error, size] = co_await boost::beast::http::async_write_header(wire_, serializer, no_throw);
        std::vector<char> piece(256 * 1024);
        for (off_t at = 0; !error && at < found.st_size;) {
            const ssize_t read = ::pread(file.get(), piece.data(), piece.size(), at);
            if (read <= 0) co_return false;  // the client sees that octets are missing
            give_time();
            std::tie(error, size) = co_await boost::asio::async_write(
                wire_, boost::asio::buffer(piece.data(), static_cast<std::size_t>(read)), no_throw);
            at += read;
        }
        co_return !error;
    }

    // Until ring(), which is true, or for the time of a heartbeat.
    Awaitable<bool> is_rung() {
        give_all_time();
        bell_.expires_after(settings_.heartbeat);
        const auto [error] = co_await bell_.async_wait(no_throw);
        co_return bool(error);
    }
    void ring() { bell_.cancel(); }

    // Set once the reader closes, or sends what we will not read; looked at for as long as it is held.
    std::shared_ptr<bool> note_leaving() {
        auto is_gone = std::make_shared<bool>(false);
        wire_.tcp().socket().async_wait(
            Socket::wait_read, [this, weak = std::weak_ptr(is_gone)](const boost::beast::error_code&) {
                const auto held = weak.lock();
                if (!held) return;
                *held = true;
                ring();
            });
        return is_gone;
    }

    // What it waits for ends with an error.
    void close() {
        is_closed_ = true;
        wire_.tcp().close();
        ring();
    }

  private:
    boost::asio::steady_timer bell_;  // what a stream waits for
    Wire wire_;
    bool is_closed_ = false;  // by us, and not gone yet
    const ServerSettings& settings_;
};

}  // namespace custdkim::http
