// The HTTP/1.1 server in front of a RequestHandler: Boost.Beast, confined to http/server.cpp. One thread for
// all connections, a few workers for the handlers, limits on everything a client can send or withhold:
// whoever makes us wait is closed, first of all where others need the place.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>

#include "base/result.hpp"
#include "http/request_handler.hpp"
#include "http/tls.hpp"

namespace custdkim::http {

struct ServerSettings {
    std::string what;                           // who listens, for messages: "the API"
    std::string address;                        // an IP address
    std::uint16_t port = 0;                     // 0: any that is free
    CertificateSource* certificates = nullptr;  // outlives the server; nullptr: no TLS
    std::size_t max_connections = 1024;         // one more closes the one that has made us wait the longest
    std::size_t max_per_client = 0;             // of one address; 0: no limit of their own
    std::size_t max_streams = 256;
    std::size_t max_header_bytes = 16384;
    std::chrono::milliseconds patience{30000};   // for a head, for a body, for each write, each as a whole
    std::chrono::milliseconds handshake{10000};  // of TLS
    std::chrono::milliseconds heartbeat{15000};  // of streams
    unsigned workers = 4;
    unsigned slow_workers = 8;  // for what takes long (RequestHandler::takes_long)
    unsigned max_slow = 64;     // of those, waiting ones included; the next one is refused
};

class Server {
  public:
    // Listens from here on. `handler` outlives the server.
    static Result<std::unique_ptr<Server>> start(const ServerSettings& settings,
                                                 const RequestHandler& handler);

    // Takes no more connections, finishes the requests under way, ends streams, closes.
    ~Server();

    std::uint16_t port() const;

    // There is something new for streams to tell. Thread-safe, and quick.
    void wake_streams();

  private:
    class Engine;
    explicit Server(std::unique_ptr<Engine> engine);
    std::unique_ptr<Engine> engine_;
};

}  // namespace custdkim::http
