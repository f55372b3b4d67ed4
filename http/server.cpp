#include "http/server.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http.hpp>
#include <charconv>
#include <list>
#include <optional>
#include <sstream>
#include <thread>
#include <vector>

#include "base/log.hpp"
#include "http/beast_messages.hpp"
#include "http/wire.hpp"

namespace custdkim::http {

namespace asio = boost::asio;
namespace beast = boost::beast;
using asio::ip::tcp;

namespace {

constexpr auto no_throw = asio::as_tuple(asio::use_awaitable);
constexpr std::chrono::seconds drain_limit{5}, farewell_limit{1};
constexpr std::size_t small_body = 64 << 10;  // octets, kept as a whole

// RFC 9112 section 7.1.
std::string chunk(const std::string& octets) {
    char size[16];
    const auto end = std::to_chars(std::begin(size), std::end(size), octets.size(), 16).ptr;
    return std::string(size, end) + "\r\n" + octets + "\r\n";
}

}  // namespace

class Server::Engine {
  public:
    Engine(const ServerSettings& settings, const RequestHandler& handler)
        : settings_(settings),
          handler_(handler),
          acceptor_(io_),
          workers_(settings.workers),
          slow_workers_(settings.slow_workers) {}

    ~Engine() {
        if (!thread_.joinable()) return;
        asio::post(io_, [this] { drain(); });
        thread_.join();
        workers_.join();
        slow_workers_.join();
    }

    Result<void> listen() {
        beast::error_code error;
        const auto address = asio::ip::make_address(settings_.address, error);
        if (error) return invalid("'" + settings_.address + "' is not an IP address");
        if (settings_.certificates && !fresh_context())
            return invalid(settings_.what + " cannot speak TLS with its certificate; see the log");
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

    void wake_streams() {
        if (wake_is_posted_.exchange(true)) return;
        asio::post(io_, [this] {
            wake_is_posted_ = false;
            ++wakes_;
            for (Session& session : sessions_) session.bell.cancel();
        });
    }

  private:
    struct Session {
        Session(tcp::socket socket, asio::ip::address from, TlsContext context)
            : bell(socket.get_executor()),
              client(std::move(from)),
              wire(std::move(socket), std::move(context)) {}

        asio::steady_timer bell;  // what a stream waits for
        const asio::ip::address client;
        Wire wire;
        bool at_work = false;    // a handler is running, or its response is on the way
        bool is_closed = false;  // by us, and not gone yet
        std::uint64_t turn = 0;  // when it began to make us wait: the lower the longer ago
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
            admit(std::move(socket));
        }
    }

    void admit(tcp::socket socket) {
        beast::error_code error;
        const auto endpoint = socket.remote_endpoint(error);
        if (error || !make_place_for(endpoint.address())) return;  // closes it
        beast::error_code ignored;
        socket.set_option(tcp::no_delay(true), ignored);
        sessions_.emplace_front(std::move(socket), endpoint.address(), fresh_context());
        sessions_.front().turn = ++turns_;
        asio::co_spawn(io_, serve(sessions_.begin()), asio::detached);
    }

    // At the cost of the connection that has made us wait the longest, of that client if it has its share.
    bool make_place_for(const asio::ip::address& client) {
        const auto is_open = [](const Session& s) { return !s.is_closed; };
        const auto is_theirs = [&](const Session& s) { return is_open(s) && s.client == client; };
        const auto count = [&](const auto& which) {
            return static_cast<std::size_t>(std::count_if(sessions_.begin(), sessions_.end(), which));
        };
        if (settings_.max_per_client > 0 && count(is_theirs) >= settings_.max_per_client)
            return close_slowest(is_theirs);
        return count(is_open) < settings_.max_connections || close_slowest(is_open);
    }

    template <typename Which>
    bool close_slowest(const Which& which) {
        Session* slowest = nullptr;
        for (Session& session : sessions_) {
            if (!which(session) || session.at_work) continue;
            if (!slowest || session.turn < slowest->turn) slowest = &session;
        }
        if (!slowest) return false;
        close(*slowest);
        return true;
    }

    static void close(Session& session) {
        session.is_closed = true;
        session.wire.tcp().close();
        session.bell.cancel();
    }

    // That of new connections; nullptr without TLS.
    TlsContext fresh_context() {
        if (!settings_.certificates) return nullptr;
        const auto pair = settings_.certificates->current();
        if (pair == pair_) return context_;
        auto made = make_context(*pair);
        if (made) {
            context_ = std::move(*made);
        } else {
            log_error("the TLS certificate cannot be used", {{"reason", made.error().detail}});
        }
        pair_ = pair;
        return context_;
    }

    asio::awaitable<void> serve(Sessions::iterator session) {
        if (co_await shake_hands(*session)) {
            beast::flat_buffer buffer;
            while (!stopping_ && co_await serve_one(*session, buffer)) {
            }
            co_await say_farewell(*session);
        }
        beast::error_code ignored;
        session->wire.tcp().socket().shutdown(tcp::socket::shutdown_both, ignored);
        sessions_.erase(session);
    }

    asio::awaitable<bool> shake_hands(Session& session) {
        if (!session.wire.is_encrypted()) co_return true;
        session.wire.tcp().expires_after(settings_.handshake);
        const auto [error] = co_await session.wire.async_handshake(no_throw);
        co_return !error;
    }

    asio::awaitable<void> say_farewell(Session& session) {
        if (!session.wire.is_encrypted() || session.is_closed) co_return;
        session.wire.tcp().expires_after(farewell_limit);
        co_await session.wire.async_shutdown(no_throw);
    }

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
    using Parser = beast::http::request_parser<beast::http::string_body>;

    // How much of a body we read depends on the head, and so does who takes it.
    asio::awaitable<beast::error_code> receive(Session& session, beast::flat_buffer& buffer,
                                               Incoming& incoming) {
        Parser parser;
        parser.header_limit(static_cast<std::uint32_t>(settings_.max_header_bytes));
        parser.body_limit(boost::none);
        session.wire.tcp().expires_after(settings_.patience);
        auto [error, size] = co_await beast::http::async_read_header(session.wire, buffer, parser, no_throw);
        if (error) co_return error;
        note_head(parser.get(), incoming);
        const std::size_t limit = handler_.max_body(incoming.head());
        const auto announced = parser.content_length();
        if (announced && *announced > limit) co_return beast::http::error::body_limit;
        parser.body_limit(limit);
        if (beast::iequals(parser.get()[beast::http::field::expect], "100-continue")) {
            Message go_on(beast::http::status::continue_, parser.get().version());  // RFC 9110 section 10.1.1
            if (!co_await send(session, std::move(go_on))) co_return asio::error::connection_reset;
        }
        if (incoming.request && (parser.chunked() || announced.value_or(0) > small_body)) {
            incoming.sink = co_await run_on(workers_, [&] { return handler_.open_sink(*incoming.request); });
        }
        session.wire.tcp().expires_after(settings_.patience);
        if (incoming.sink) co_return co_await pour(session, buffer, parser, *incoming.sink);
        std::tie(error, size) = co_await beast::http::async_read(session.wire, buffer, parser, no_throw);
        if (incoming.request) incoming.request->body = std::move(parser.get().body());
        co_return error;
    }

    static void note_head(const Received& head, Incoming& incoming) {
        incoming.request = to_head(head);
        incoming.version = head.version();
        incoming.stays = head.keep_alive();
        incoming.is_head = head.method() == beast::http::verb::head;
    }

    asio::awaitable<beast::error_code> pour(Session& session, beast::flat_buffer& buffer, Parser& head,
                                            BodySink& sink) {
        beast::http::request_parser<beast::http::buffer_body> parser(std::move(head));
        std::vector<char> piece(small_body);
        beast::error_code error;
        while (!error && !parser.is_done()) {
            auto& body = parser.get().body();
            body.data = piece.data();
            body.size = piece.size();
            std::size_t size = 0;
            std::tie(error, size) = co_await beast::http::async_read(session.wire, buffer, parser, no_throw);
            if (error == beast::http::error::need_buffer) error = {};  // the piece is full
            const std::string_view octets(piece.data(), piece.size() - body.size);
            if (!error && !octets.empty()) co_await run_on(workers_, [&] { sink.take(octets); });
        }
        co_return error;
    }

    // One request; true if the connection may carry another one.
    asio::awaitable<bool> serve_one(Session& session, beast::flat_buffer& buffer) {
        Incoming incoming;
        const beast::error_code error = co_await receive(session, buffer, incoming);
        if (error) {
            auto response = explain(error, handler_, incoming.head());
            if (response) {
                co_await send(session, to_message(std::move(*response), 11, false));
            }
            co_return false;
        }
        session.at_work = true;
        session.wire.tcp().expires_never();
        const bool stay = incoming.stays;
        const unsigned version = incoming.version;
        Response response = co_await answer(incoming);
        if (response.stream) {
            co_await send_stream(session, std::move(response), version);
            co_return false;
        }
        const auto file = std::move(response.file);
        Message reply = to_message(std::move(response), version, stay && !stopping_);
        if (file) {
            const bool is_whole = co_await send_file(session, std::move(reply), *file);
            session.at_work = false;
            session.turn = ++turns_;
            co_return (is_whole && stay && !stopping_);
        }
        if (incoming.is_head)
            reply.body().clear();  // RFC 9110 section 9.3.2: a header as for GET, and nothing behind it
        const bool sent = co_await send(session, std::move(reply));
        session.at_work = false;
        session.turn = ++turns_;
        co_return (sent && stay && !stopping_);
    }

    asio::awaitable<Response> answer(Incoming& incoming) {
        const Result<Request>& request = incoming.request;
        if (incoming.sink) co_return co_await run_on(workers_, [&] { return incoming.sink->finish(); });
        if (!request) co_return handler_.refuse(400, request.error().detail, {});
        if (!handler_.takes_long(*request)) {
            co_return co_await run_on(workers_, [&] { return handler_.handle(*request); });
        }
        if (slow_ >= settings_.max_slow)
            co_return handler_.refuse(503, "too much is asked at once", *request);
        ++slow_;
        Response response = co_await run_on(slow_workers_, [&] { return handler_.handle(*request); });
        --slow_;
        co_return response;
    }

    template <typename Work>
    static auto run_on(asio::thread_pool& pool, Work work) -> asio::awaitable<decltype(work())> {
        co_return co_await asio::co_spawn(
            pool, [&]() -> asio::awaitable<decltype(work())> { co_return work(); }, asio::use_awaitable);
    }

    asio::awaitable<bool> send(Session& session, Message message) {
        session.wire.tcp().expires_after(settings_.patience);
        const auto [error, size] = co_await beast::http::async_write(session.wire, message, no_throw);
        co_return !error;
    }

    // Each piece may take as long as a response. Files are as new as their request, so that the pieces are in
    // memory.
    asio::awaitable<bool> send_file(Session& session, Message head, const Descriptor& file) {
        struct stat found {};
        if (::fstat(file.get(), &found) != 0) co_return false;
        head.content_length(static_cast<std::uint64_t>(found.st_size));
        beast::http::response_serializer<beast::http::string_body> serializer(head);
        session.wire.tcp().expires_after(settings_.patience);
        auto [error, size] = co_await beast::http::async_write_header(session.wire, serializer, no_throw);
        std::vector<char> piece(256 * 1024);
        for (off_t at = 0; !error && at < found.st_size;) {
            const ssize_t read = ::pread(file.get(), piece.data(), piece.size(), at);
            if (read <= 0) co_return false;  // the client sees that octets are missing
            session.wire.tcp().expires_after(settings_.patience);
            std::tie(error, size) = co_await asio::async_write(
                session.wire, asio::buffer(piece.data(), static_cast<std::size_t>(read)), no_throw);
            at += read;
        }
        co_return !error;
    }

    // Not a temporary: g++ 12 destroys those twice that stand in a co_await (GCC bug 99576).
    asio::awaitable<bool> send_octets(Session& session, const std::string& octets) {
        session.wire.tcp().expires_after(settings_.patience);
        const auto [error, size] = co_await asio::async_write(session.wire, asio::buffer(octets), no_throw);
        co_return !error;
    }

    // Until the reader goes, or falls behind by more than the sockets and one piece hold for as long as our
    // patience lasts; or until we stop.
    asio::awaitable<void> send_stream(Session& session, Response response, unsigned version) {
        if (streams_ >= settings_.max_streams) {
            Response refusal = handler_.refuse(503, "too many streams are open", {});
            co_await send(session, to_message(std::move(refusal), version, false));
            co_return;
        }
        ++streams_;
        const auto is_gone = note_leaving(session);
        const bool chunked = version >= 11;
        const auto framed = [chunked](const std::string& octets) { return chunked ? chunk(octets) : octets; };
        std::string octets = stream_header(response, version, chunked);
        bool is_fine = co_await send_octets(session, octets);
        while (is_fine && !stopping_ && !*is_gone) {
            const std::uint64_t wakes = wakes_;
            const auto piece = co_await run_on(workers_, [&] { return response.stream->next(); });
            if (!piece) break;
            if (!piece->octets.empty()) {
                octets = framed(piece->octets);
                is_fine = co_await send_octets(session, octets);
            }
            if (!is_fine || piece->more || wakes != wakes_ || *is_gone || stopping_) continue;
            const bool woken = co_await is_woken(session);
            if (woken || stopping_ || *is_gone) continue;
            octets = framed(response.stream->heartbeat());
            is_fine = co_await send_octets(session, octets);
        }
        octets = "0\r\n\r\n";
        if (is_fine && chunked && !*is_gone) co_await send_octets(session, octets);
        --streams_;
    }

    static std::string stream_header(const Response& response, unsigned version, bool chunked) {
        beast::http::response<beast::http::empty_body> header(
            static_cast<beast::http::status>(response.status), version);
        set_header(header, response);
        header.keep_alive(false);
        header.chunked(chunked);
        std::ostringstream text;
        text << header.base();
        return text.str();
    }

    // Set once the reader closes, or sends what we will not read; looked at for as long as it is held.
    static std::shared_ptr<bool> note_leaving(Session& session) {
        auto is_gone = std::make_shared<bool>(false);
        session.wire.tcp().socket().async_wait(
            tcp::socket::wait_read, [&session, weak = std::weak_ptr(is_gone)](const beast::error_code&) {
                const auto held = weak.lock();
                if (!held) return;
                *held = true;
                session.bell.cancel();
            });
        return is_gone;
    }

    // False: nothing happened for the time of a heartbeat.
    asio::awaitable<bool> is_woken(Session& session) {
        session.wire.tcp().expires_never();
        session.bell.expires_after(settings_.heartbeat);
        const auto [error] = co_await session.bell.async_wait(no_throw);
        co_return bool(error);
    }

    void drain() {
        stopping_ = true;
        beast::error_code ignored;
        acceptor_.close(ignored);
        for (Session& session : sessions_) {
            session.bell.cancel();
            if (!session.at_work) close(session);
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
        for (Session& session : sessions_) close(session);
    }

    const ServerSettings settings_;
    const RequestHandler& handler_;
    asio::io_context io_{1};
    tcp::acceptor acceptor_;
    std::uint16_t port_ = 0;
    Sessions sessions_;  // this and all below, up to workers_, belong to the one thread that runs io_
    std::uint64_t turns_ = 0, wakes_ = 0;
    std::size_t streams_ = 0;
    unsigned slow_ = 0;
    bool stopping_ = false;
    std::shared_ptr<const TlsPair> pair_;
    TlsContext context_;  // made of that pair
    asio::thread_pool workers_, slow_workers_;
    std::atomic<bool> wake_is_posted_ = false;
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
void Server::wake_streams() { engine_->wake_streams(); }

}  // namespace custdkim::http
