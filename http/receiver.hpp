// Reads requests. How much of a body is read depends on the head, and so does who takes it: small ones are
// kept as a whole, large ones are given to the handler's sink as they come. For http/server.cpp only.
#pragma once

#include <boost/asio/thread_pool.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http.hpp>
#include <memory>
#include <string_view>
#include <tuple>
#include <vector>

#include "http/awaiting.hpp"
#include "http/beast_messages.hpp"
#include "http/session.hpp"

namespace custdkim::http {

// A request, as far as it has come.
struct Incoming {
    // An empty one where it cannot be read.
    const Request& head() const {
        static const Request unreadable;
        return request ? *request : unreadable;
    }

    Result<Request> request = Request();
    std::unique_ptr<BodySink> sink;  // has taken the body, if there is one
    unsigned version = 11;
    bool stays = false;  // the client, for another one
    bool is_head = false;
};

class Receiver {
  public:
    template <typename T>
    using Awaitable = boost::asio::awaitable<T>;

    // All of them outlive it. Sinks are worked on by `workers`.
    Receiver(const ServerSettings& settings, const RequestHandler& handler, boost::asio::thread_pool& workers)
        : settings_(settings), handler_(handler), workers_(workers) {}

    // What stands in `buffer` behind the request belongs to the next one.
    Awaitable<boost::beast::error_code> receive(Session& session, boost::beast::flat_buffer& buffer,
                                                Incoming& incoming) {
        namespace bh = boost::beast::http;
        Parser parser;
        parser.header_limit(static_cast<std::uint32_t>(settings_.max_header_bytes));
        parser.body_limit(boost::none);
        session.give_time();
        auto [error, size] = co_await bh::async_read_header(session.wire(), buffer, parser, no_throw);
        if (error) co_return error;
        note_head(parser.get(), incoming);
        const std::size_t limit = handler_.max_body(incoming.head());
        const auto announced = parser.content_length();
        if (announced && *announced > limit) co_return bh::error::body_limit;
        parser.body_limit(limit);
        if (boost::beast::iequals(parser.get()[bh::field::expect], "100-continue")) {
            Message go_on(bh::status::continue_, parser.get().version());  // RFC 9110 section 10.1.1
            if (!co_await session.send(std::move(go_on))) co_return boost::asio::error::connection_reset;
        }
        if (incoming.request && (parser.chunked() || announced.value_or(0) > small_body)) {
            incoming.sink = co_await run_on(workers_, [&] { return handler_.open_sink(*incoming.request); });
        }
        session.give_time();
        if (incoming.sink) co_return co_await pour(session, buffer, parser, *incoming.sink);
        std::tie(error, size) = co_await bh::async_read(session.wire(), buffer, parser, no_throw);
        if (incoming.request) incoming.request->body = std::move(parser.get().body());
        co_return error;
    }

  private:
    using Parser = boost::beast::http::request_parser<boost::beast::http::string_body>;
    static constexpr std::size_t small_body = 64 << 10;  // octets

    static void note_head(const Received& head, Incoming& incoming) {
        incoming.request = to_head(head);
        incoming.version = head.version();
        incoming.stays = head.keep_alive();
        incoming.is_head = head.method() == boost::beast::http::verb::head;
    }

    Awaitable<boost::beast::error_code> pour(Session& session, boost::beast::flat_buffer& buffer,
                                             Parser& head, BodySink& sink) {
        namespace bh = boost::beast::http;
        bh::request_parser<bh::buffer_body> parser(std::move(head));
        std::vector<char> piece(small_body);
        boost::beast::error_code error;
        while (!error && !parser.is_done()) {
            auto& body = parser.get().body();
            body.data = piece.data();
            body.size = piece.size();
            std::size_t size = 0;
            std::tie(error, size) = co_await bh::async_read(session.wire(), buffer, parser, no_throw);
            if (error == bh::error::need_buffer) error = {};  // the piece is full
            const std::string_view octets(piece.data(), piece.size() - body.size);
            if (!error && !octets.empty()) co_await run_on(workers_, [&] { sink.take(octets); });
        }
        co_return error;
    }

    const ServerSettings& settings_;
    const RequestHandler& handler_;
    boost::asio::thread_pool& workers_;
};

}  // namespace custdkim::http
