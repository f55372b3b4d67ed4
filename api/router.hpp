// Finds the handler of a request: one table row per route. Checks the token first. Thread-safe.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "api/http.hpp"
#include "keys/key_registry.hpp"
#include "keys/secret.hpp"
#include "zone/zones.hpp"

namespace custdkim::api {

class Router {
  public:
    // `registry` and `zones` outlive the router. The token is what must follow "Bearer " in every request but
    // GET /v1/health.
    Router(KeyRegistry& registry, const Zones& zones, SecretBytes token);

    // Never throws: what goes wrong becomes a problem document.
    Response handle(const Request& request) const noexcept;

    struct Context {
        KeyRegistry& registry;
        const Zones& zones;
        const Request& request;
        std::string argument;  // what stood for {id}
    };

  private:
    Response dispatch(const Request& request) const;
    bool is_authorized(const Request& request) const;

    KeyRegistry& registry_;
    const Zones& zones_;
    const SecretBytes token_;
};

}  // namespace custdkim::api
