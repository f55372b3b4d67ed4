#include "backend/http_connector.hpp"

#include <algorithm>
#include <exception>

#include "backend/http_request.hpp"
#include "backend/protocol.hpp"
#include "base/log.hpp"
#include "dns/server_address.hpp"
#include "http/server.hpp"

namespace custdkim::backend {

namespace {

constexpr std::size_t max_request = 1 << 20;  // as of a line of the unix connector

// What PowerDNS takes: the limit of its HTTP library, which ends its reading with an error.
constexpr std::size_t max_reply = 2 << 20;

// Holds no more than PowerDNS would take, however long the list is.
class BoundedReply final : public Reply {
  public:
    void spill() override {
        if (text.size() > max_reply) drop();
    }
    bool is_too_long() const { return is_dropped_ || text.size() > max_reply; }

  private:
    void drop() {
        is_dropped_ = true;
        text.clear();
    }
    bool is_dropped_ = false;
};

// A reply without a `result`, under a status that PowerDNS takes for an error as well. (Of those that are
// errors to others it lets 404 pass.)
http::Response failure(unsigned status, std::string_view reason) {
    Reply reply;
    append_error(reply, reason);
    return {status, "application/json", std::move(reply.text) + "\n", {}};
}

unsigned status_of(Outcome outcome) {
    switch (outcome) {
        case Outcome::answered: return 200;
        case Outcome::failed: return 500;
        case Outcome::unreadable: return 400;
    }
    return 500;
}

// "127.0.0.1:8053", "[::1]", "localhost": names under which nobody else's pages are. A page in a browser of
// this machine could reach us under a name that its owner has pointed at 127.0.0.1.
bool names_loopback(std::string_view host) {
    if (host.starts_with('[')) return dns::is_loopback(host.substr(1, host.find(']') - 1));
    host = host.substr(0, host.find(':'));
    return host == "localhost" || dns::is_loopback(host);
}

}  // namespace

class HttpConnector::Engine final : public http::RequestHandler {
  public:
    Engine(HttpSettings settings, const Parts& parts) : settings_(std::move(settings)), parts_(parts) {}

    Result<void> start() {
        if (settings_.token.empty() && !dns::is_loopback(settings_.address)) {
            return invalid("the HTTP connector would listen on " + settings_.address +
                           " for everybody; set [backend] http_token_file, or listen on 127.0.0.1");
        }
        http::ServerSettings listening;
        listening.what = "the HTTP connector";
        listening.address = settings_.address;
        listening.port = settings_.port;
        auto server = http::Server::start(listening, *this);
        if (!server) return server.error();
        server_ = std::move(*server);
        if (settings_.token.empty()) {
            log_warning(
                "every user of this machine can read the DNSSEC and TSIG keys over the HTTP connector; set "
                "[backend] http_token_file",
                {{"address", settings_.address}});
        }
        if (!dns::is_loopback(settings_.address)) {
            log_warning("the HTTP connector has no TLS: what passes over the network can be read and changed",
                        {{"address", settings_.address}});
        }
        return {};
    }

    void stop() { server_.reset(); }
    std::uint16_t port() const { return server_->port(); }

    http::Response handle(const http::Request& request) const noexcept override {
        try {
            const auto target = admit(request);
            if (!target) return forbid(request);
            const auto line = read_http_request(request.method, *target, request.headers, request.body);
            if (!line) return failure(400, line.error().detail);
            return answer(*line);
        } catch (const std::exception& exception) {
            log_error("a request to the HTTP connector failed", {{"reason", exception.what()}});
            return {500, "application/json", "{}\n", {}};
        }
    }

    std::size_t max_body(const http::Request& head) const override { return admit(head) ? max_request : 0; }

    http::Response refuse(unsigned status, std::string_view reason,
                          const http::Request& head) const override {
        if (status == 413 && !admit(head)) return forbid(head);
        return failure(status, reason);
    }

  private:
    // What follows the URL that PowerDNS was given, if the request is one for us. Nothing of the path is
    // logged: half of a token is in it, or a wrong one that is right elsewhere.
    Result<std::string_view> admit(const http::Request& request) const {
        std::string_view rest = request.target;
        if (!rest.starts_with('/')) return refused("its target is no path");
        if (settings_.token.empty()) {
            if (!names_loopback(request.header("host")) || !request.header("origin").empty()) {
                return refused("it comes from a page in a browser, or names this machine in another way");
            }
        } else {
            rest.remove_prefix(1);
            const std::size_t end = std::min(rest.find('/'), rest.size());
            const auto* const sent = reinterpret_cast<const std::uint8_t*>(rest.data());
            if (!equal_secrets({sent, end}, settings_.token.span())) {
                return refused("its path does not begin with the token");
            }
            rest.remove_prefix(end);
        }
        constexpr std::string_view root = "/dns";
        if (!rest.starts_with(root)) return refused("its path does not go on with /dns");
        rest.remove_prefix(root.size());
        if (!rest.empty() && rest[0] != '/') return refused("its path does not go on with /dns");
        return rest;
    }

    http::Response forbid(const http::Request& request) const {
        return failure(403,
                       "the request to the HTTP connector was refused: " + admit(request).error().detail);
    }

    http::Response answer(std::string_view line) const {
        Conversation conversation(parts_, &transactions_);
        BoundedReply reply;
        const Outcome outcome = conversation.answer(line, reply);
        if (reply.is_too_long()) {
            return failure(
                500,
                "the reply is longer than the 2 MiB that PowerDNS takes over HTTP; transfer such a "
                "zone over the pipe connector, or write it with 'custdkim zone export'");
        }
        return {status_of(outcome), "application/json", std::move(reply.text) + "\n", {}};
    }

    const HttpSettings settings_;
    const Parts parts_;
    mutable OpenTransactions transactions_;
    std::unique_ptr<http::Server> server_;
};

Result<std::unique_ptr<HttpConnector>> HttpConnector::start(HttpSettings settings, const Parts& parts) {
    auto engine = std::make_unique<Engine>(std::move(settings), parts);
    if (const auto started = engine->start(); !started) return started.error();
    return std::unique_ptr<HttpConnector>(new HttpConnector(std::move(engine)));
}

HttpConnector::HttpConnector(std::unique_ptr<Engine> engine) : engine_(std::move(engine)) {}
HttpConnector::~HttpConnector() = default;

// Nobody can take a port away from us.
std::optional<std::string> HttpConnector::trouble() const { return std::nullopt; }

InheritedSockets HttpConnector::hand_over() {
    engine_->stop();
    return {};
}

std::uint16_t HttpConnector::port() const { return engine_->port(); }

}  // namespace custdkim::backend
