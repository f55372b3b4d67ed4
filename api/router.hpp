// Finds the handler of a request: one table row per route. Checks the token first. Thread-safe.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "http/request_handler.hpp"
#include "keys/key_orders.hpp"
#include "keys/secret.hpp"
#include "sending/signer.hpp"
#include "zone/administration.hpp"
#include "zone/zones.hpp"

namespace custdkim::api {

class Router final : public http::RequestHandler {
  public:
    // What the API is built on; it outlives the router.
    struct Parts {
        KeyRegistry& registry;
        KeyOrders& orders;
        Store& store;
        const Zones& zones;
        Signer& signer;
        std::function<Zones::Reload()> reload;  // of static zones
        const Administration& administration;
    };

    // The token is what must follow "Bearer " in every request but GET /v1/health.
    Router(Parts parts, SecretBytes token);

    http::Response handle(const http::Request& request) const noexcept override;

    // Only who has the token may send much.
    std::size_t max_body(const http::Request& head) const override;
    http::Response refuse(unsigned status, std::string_view reason, const http::Request& head) const override;

    struct Context {
        const Parts& parts;
        const http::Request& request;
        std::string argument;  // what stood for {id} or {name}
    };

  private:
    http::Response dispatch(const http::Request& request) const;

    const Parts parts_;
    const SecretBytes token_;
};

// "GET /v1/keys": every route, as docs/api.md has it.
std::vector<std::string> route_names();

}  // namespace custdkim::api
