// The HTTP connector: PowerDNS sends each request over HTTP, in any of three forms
// (backend/http_request.hpp), to http://ADDRESS:PORT/TOKEN/dns, or without a token to
// http://ADDRESS:PORT/dns. No TLS: PowerDNS's has none.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "backend/connector.hpp"
#include "backend/parts.hpp"
#include "base/result.hpp"
#include "keys/secret.hpp"

namespace custdkim::backend {

struct HttpSettings {
    std::string address;     // an IP address
    std::uint16_t port = 0;  // 0: any that is free
    SecretBytes token;       // empty: none, and then only a loopback address is taken
};

class HttpConnector final : public Connector {
  public:
    // Listens from here on. What the parts name outlives the connector.
    static Result<std::unique_ptr<HttpConnector>> start(HttpSettings settings, const Parts& parts);
    ~HttpConnector() override;

    std::optional<std::string> trouble() const override;

    // PowerDNS connects again for its next request, so that there is nothing to hand over.
    InheritedSockets hand_over() override;

    std::uint16_t port() const;

  private:
    class Engine;
    explicit HttpConnector(std::unique_ptr<Engine> engine);
    std::unique_ptr<Engine> engine_;
};

}  // namespace custdkim::backend
