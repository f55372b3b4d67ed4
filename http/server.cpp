#include "http/server.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http.hpp>
#include <list>
#include <optional>
#include <thread>

#include "base/log.hpp"
#include "http/target.hpp"

namespace custdkim::http {

namespace asio = boost::asio;
namespace beast = boost::beast;
using asio::ip::tcp;

namespace {

constexpr auto no_throw = asio::as_tuple(asio::use_awaitable);
constexpr std::chrono::seconds drain_limit{5};

using Message = beast::http::response<beast::http::string_body>;

Message to_message(Response response, unsigned version, bool keep_alive) {
    Message message(static_cast<beast::http::status>(response.status), version);
    message.set(beast::http::field::server, "custdkim");
    message.set(beast::http::field::content_type, response.content_type);
    message.set(beast::http::field::cache_control, "no-store");
    for (const auto& [name, value] : response.headers) message.set(name, value);
    message.body() = std::move(response.body);
    message.keep_alive(keep_alive);
    message.prepare_payload();
    return message;
}

using Received = beast::http::request<beast::http::string_body>;

// Without the body.
std::optional<Request> to_head(const Received& message) {
    Request request;
    request.method = message.method_string();
    for (const auto& field : message) {
        std::string name(field.name_string());
        for (char& c : name) {
            if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + ('a' - 'A'));
        }
        request.headers.emplace(std::move(name), field.value());
    }
    if (!split_target(message.target(), request)) return std::nullopt;
    return request;
}

std::optional<Request> to_request(Received& message) {
    auto request = to_head(message);
    if (request) request->body = std::move(message.body());
    return request;
}

// What a client is told whose request could not even be read; nothing where it just went away.
std::optional<Response> explain(const beast::error_code& error, const RequestHandler& handler) {
    if (error == beast::http::error::header_limit) return handler.refuse(431, "the header is too large", {});
    if (error.category() == beast::http::make_error_code(beast::http::error::bad_method).category() &&
        error != beast::http::error::end_of_stream && error != beast::http::error::partial_message) {
        return handler.refuse(400, "this is not HTTP: " + error.message(), {});
    }
    return std::nullopt;
}

}  // namespace

class Server::Engine {
  public:
    Engine(const ServerSettings& settings, const RequestHandler& handler)
        : settings_(settings), handler_(handler), acceptor_(io_), workers_(settings.workers) {}

    ~Engine() {
        if (!thread_.joinable()) return;
        asio::post(io_, [this] { drain(); });
        thread_.join();
        workers_.join();
    }

    Result<void> listen() {
        beast::error_code error;
        const auto address = asio::ip::make_address(settings_.address, error);
        if (error) return invalid("'" + settings_.address + "' is not an IP address");
        const tcp::endpoint endpoint(address, settings_.port);
        acceptor_.open(endpoint.protocol(), error);
        if (!error) acceptor_.set_option(asio::socket_base::reuse_address(true), error);
        if (!error) acceptor_.bind(endpoint, error);
        if (!error) acceptor_.listen(asio::socket_base::max_listen_connections, error);
        if (error) {
            return invalid(settings_.what + " cannot listen on " + settings_.address + " port " +
                           std::to_string(settings_.port) + ": " + error.message());
        }
        port_ = acceptor_.local_endpoint().port();
        asio::co_spawn(io_, accept_all(), asio::detached);
        thread_ = std::thread([this] { io_.run(); });
        return {};
    }

    std::uint16_t port() const { return port_; }

  private:
    struct Session {
        beast::tcp_stream stream;
        bool at_work = false;  // a handler is running, or its response is on the way
    };
    using Sessions = std::list<Session>;

    asio::awaitable<void> accept_all() {
        for (;;) {
            auto [error, socket] = co_await acceptor_.async_accept(no_throw);
            if (stopping_) co_return;
            if (error) {  // out of descriptors, most likely: let some close first
                log_warning("a connection to " + settings_.what + " could not be accepted",
                            {{"reason", error.message()}});
                asio::steady_timer pause(io_, std::chrono::milliseconds(100));
                co_await pause.async_wait(no_throw);
                continue;
            }
            if (sessions_.size() >= settings_.max_connections) continue;  // closes it
            sessions_.push_front({beast::tcp_stream(std::move(socket))});
            asio::co_spawn(io_, serve(sessions_.begin()), asio::detached);
        }
    }

    asio::awaitable<void> serve(Sessions::iterator session) {
        beast::flat_buffer buffer;
        while (!stopping_ && co_await serve_one(*session, buffer)) {
        }
        beast::error_code ignored;
        session->stream.socket().shutdown(tcp::socket::shutdown_both, ignored);
        sessions_.erase(session);
    }

    using Parser = beast::http::request_parser<beast::http::string_body>;

    // How much of a body we read depends on the head.
    asio::awaitable<beast::error_code> receive(Session& session, beast::flat_buffer& buffer, Parser& parser) {
        parser.header_limit(static_cast<std::uint32_t>(settings_.max_header_bytes));
        parser.body_limit(boost::none);
        session.stream.expires_after(std::chrono::seconds(settings_.idle_seconds));
        auto [error, size] =
            co_await beast::http::async_read_header(session.stream, buffer, parser, no_throw);
        if (error) co_return error;
        const std::size_t limit = handler_.max_body(to_head(parser.get()).value_or(Request()));
        const auto announced = parser.content_length();
        if (announced && *announced > limit) co_return beast::http::error::body_limit;
        parser.body_limit(limit);
        if (beast::iequals(parser.get()[beast::http::field::expect], "100-continue")) {
            Message go_on(beast::http::status::continue_, parser.get().version());  // RFC 9110 section 10.1.1
            if (!co_await send(session, std::move(go_on))) co_return asio::error::connection_reset;
        }
        session.stream.expires_after(std::chrono::seconds(settings_.idle_seconds));
        std::tie(error, size) = co_await beast::http::async_read(session.stream, buffer, parser, no_throw);
        co_return error;
    }

    // One request; true if the connection may carry another one.
    asio::awaitable<bool> serve_one(Session& session, beast::flat_buffer& buffer) {
        Parser parser;
        const beast::error_code error = co_await receive(session, buffer, parser);
        if (error) {
            auto response =
                error == beast::http::error::body_limit
                    ? handler_.refuse(413, "the body is too large", to_head(parser.get()).value_or(Request()))
                    : explain(error, handler_);
            if (response) {
                co_await send(session, to_message(std::move(*response), 11, false));
            }
            co_return false;
        }
        session.at_work = true;
        session.stream.expires_never();
        auto message = parser.release();
        const bool keep_alive = message.keep_alive();
        const bool is_head = message.method() == beast::http::verb::head;
        const unsigned version = message.version();
        auto request = to_request(message);
        Response response;
        if (!request) {
            response = handler_.refuse(400, "the path has a broken %-escape", {});
        } else {
            response = co_await asio::co_spawn(
                workers_, [&]() -> asio::awaitable<Response> { co_return handler_.handle(*request); },
                asio::use_awaitable);
        }
        const bool stay = keep_alive && !stopping_;
        Message reply = to_message(std::move(response), version, stay);
        if (is_head)
            reply.body().clear();  // RFC 9110 section 9.3.2: a header as for GET, and nothing behind it
        const bool sent = co_await send(session, std::move(reply));
        session.at_work = false;
        co_return (sent && stay);
    }

    asio::awaitable<bool> send(Session& session, Message message) {
        session.stream.expires_after(std::chrono::seconds(settings_.idle_seconds));
        const auto [error, size] = co_await beast::http::async_write(session.stream, message, no_throw);
        co_return !error;
    }

    void drain() {
        stopping_ = true;
        beast::error_code ignored;
        acceptor_.close(ignored);
        for (Session& session : sessions_) {
            if (!session.at_work) session.stream.close();
        }
        asio::co_spawn(io_, force_close(), asio::detached);
    }

    // A client that does not take its response must not keep us from ending.
    asio::awaitable<void> force_close() {
        asio::steady_timer timer(io_);
        for (auto waited = std::chrono::milliseconds(0); waited < drain_limit && !sessions_.empty();
             waited += std::chrono::milliseconds(20)) {
            timer.expires_after(std::chrono::milliseconds(20));
            co_await timer.async_wait(no_throw);
        }
        for (Session& session : sessions_) session.stream.close();
    }

    const ServerSettings settings_;
    const RequestHandler& handler_;
    asio::io_context io_{1};
    tcp::acceptor acceptor_;
    std::uint16_t port_ = 0;
    Sessions sessions_;  // this and `stopping_` belong to the one thread that runs io_
    bool stopping_ = false;
    asio::thread_pool workers_;
    std::thread thread_;
};

Result<std::unique_ptr<Server>> Server::start(const ServerSettings& settings, const RequestHandler& handler) {
    auto engine = std::make_unique<Engine>(settings, handler);
    if (const auto listening = engine->listen(); !listening) return listening.error();
    return std::unique_ptr<Server>(new Server(std::move(engine)));
}

Server::Server(std::unique_ptr<Engine> engine) : engine_(std::move(engine)) {}
Server::~Server() = default;
std::uint16_t Server::port() const { return engine_->port(); }

}  // namespace custdkim::http
