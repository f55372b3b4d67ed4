#include "http/server.hpp"

#include <algorithm>
#include <atomic>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http.hpp>
#include <list>
#include <thread>

#include "base/log.hpp"
#include "http/awaiting.hpp"
#include "http/beast_messages.hpp"
#include "http/receiver.hpp"
#include "http/session.hpp"

namespace custdkim::http {

namespace asio = boost::asio;
namespace beast = boost::beast;
using asio::ip::tcp;

namespace {

constexpr std::chrono::seconds drain_limit{5};

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
            for (Session& session : sessions_) session.ring();
        });
    }

  private:
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
        sessions_.emplace_front(std::move(socket), endpoint.address(), fresh_context(), settings_);
        sessions_.front().turn = ++turns_;
        asio::co_spawn(io_, serve(sessions_.begin()), asio::detached);
    }

    // At the cost of the connection that has made us wait the longest, of that client if it has its share.
    bool make_place_for(const asio::ip::address& client) {
        const auto is_open = [](const Session& s) { return !s.is_closed(); };
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
        slowest->close();
        return true;
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
        if (co_await session->shake_hands()) {
            beast::flat_buffer buffer;
            while (!stopping_ && co_await serve_one(*session, buffer)) {
            }
            co_await session->say_farewell();
        }
        session->shut_down();
        sessions_.erase(session);
    }

    // One request; true if the connection may carry another one.
    asio::awaitable<bool> serve_one(Session& session, beast::flat_buffer& buffer) {
        Incoming incoming;
        const beast::error_code error = co_await receiver_.receive(session, buffer, incoming);
        if (error) {
            auto response = explain(error, handler_, incoming.head());
            if (response) {
                co_await session.send(to_message(std::move(*response), 11, false));
            }
            co_return false;
        }
        session.at_work = true;
        session.give_all_time();
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
            const bool is_whole = co_await session.send_file(std::move(reply), *file);
            session.at_work = false;
            session.turn = ++turns_;
            co_return (is_whole && stay && !stopping_);
        }
        if (incoming.is_head)
            reply.body().clear();  // RFC 9110 section 9.3.2: a header as for GET, and nothing behind it
        const bool sent = co_await session.send(std::move(reply));
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

    // Until the reader goes, or falls behind by more than the sockets and one piece hold for as long as our
    // patience lasts; or until we stop.
    asio::awaitable<void> send_stream(Session& session, Response response, unsigned version) {
        if (streams_ >= settings_.max_streams) {
            Response refusal = handler_.refuse(503, "too many streams are open", {});
            co_await session.send(to_message(std::move(refusal), version, false));
            co_return;
        }
        ++streams_;
        const auto is_gone = session.note_leaving();
        const bool chunked = version >= 11;
        const auto framed = [chunked](const std::string& octets) {
            return chunked ? to_chunk(octets) : octets;
        };
        std::string octets = stream_header(response, version, chunked);
        bool is_fine = co_await session.send_octets(octets);
        while (is_fine && !stopping_ && !*is_gone) {
            const std::uint64_t wakes = wakes_;
            const auto piece = co_await run_on(workers_, [&] { return response.stream->next(); });
            if (!piece) break;
            if (!piece->octets.empty()) {
                octets = framed(piece->octets);
                is_fine = co_await session.send_octets(octets);
            }
            if (!is_fine || piece->more || wakes != wakes_ || *is_gone || stopping_) continue;
            const bool woken = co_await session.is_rung();
            if (woken || stopping_ || *is_gone) continue;
            octets = framed(response.stream->heartbeat());
            is_fine = co_await session.send_octets(octets);
        }
        octets = "0\r\n\r\n";
        if (is_fine && chunked && !*is_gone) co_await session.send_octets(octets);
        --streams_;
    }

    void drain() {
        stopping_ = true;
        beast::error_code ignored;
        acceptor_.close(ignored);
        for (Session& session : sessions_) {
            session.ring();
            if (!session.at_work) session.close();
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
        for (Session& session : sessions_) session.close();
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
    Receiver receiver_{settings_, handler_, workers_};
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
