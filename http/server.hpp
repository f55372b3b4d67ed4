// The HTTP/1.1 server in front of a RequestHandler: Boost.Beast, confined to http/server.cpp. One thread for
// all connections, a few workers for the handlers, limits on everything a client can send or withhold.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "base/result.hpp"
#include "http/request_handler.hpp"

namespace custdkim::http {

struct ServerSettings {
    std::string what;        // who listens, for messages: "the API"
    std::string address;     // an IP address
    std::uint16_t port = 0;  // 0: any that is free
    std::size_t max_connections = 256;
    std::size_t max_header_bytes = 16384;
    unsigned idle_seconds = 30;  // for a client to send its next request, and to take a response
    unsigned workers = 4;
};

class Server {
  public:
    // Listens from here on. `handler` outlives the server.
    static Result<std::unique_ptr<Server>> start(const ServerSettings& settings,
                                                 const RequestHandler& handler);

    // Takes no more connections, finishes the requests under way, closes.
    ~Server();

    std::uint16_t port() const;

  private:
    class Engine;
    explicit Server(std::unique_ptr<Engine> engine);
    std::unique_ptr<Engine> engine_;
};

}  // namespace custdkim::http
