// Finds the handler of a request, one table row per route, and who sends it. Thread-safe.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "api/check.hpp"
#include "api/event_stream.hpp"
#include "api/guard.hpp"
#include "api/request_figures.hpp"
#include "api/webhook_desk.hpp"
#include "dns/resolver.hpp"
#include "http/request_handler.hpp"
#include "keys/access_store.hpp"
#include "keys/event_bell.hpp"
#include "keys/key_census.hpp"
#include "keys/key_orders.hpp"
#include "keys/tokens.hpp"
#include "sending/leases.hpp"
#include "sending/senders.hpp"
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
        Senders& senders;
        Leases& leases;
        KeyCensus& census;
        std::function<Zones::Reload()> reload;  // of static zones
        const Administration& administration;
        EventFeed& feed;
        EventBell& bell;                 // of the feed
        dns::Resolver* resolver;         // how the world's DNS is seen; nullptr: nobody looks
        std::function<Checks()> checks;  // whether all is ready
        std::string version;             // of the program
        Tokens& tokens;
        AccessStore& access;
        std::function<std::string()> metrics = {};  // what Prometheus scrapes
        WebhookDesk* webhooks = nullptr;            // without: there are none
        // A copy of the store, for reading.
        std::function<Result<Descriptor>()> back_up = {};
    };

    explicit Router(Parts parts) : parts_(std::move(parts)), guard_(parts_.tokens) {}

    http::Response handle(const http::Request& request) const noexcept override;

    // Only who has the token may send much.
    std::size_t max_body(const http::Request& head) const override;
    std::unique_ptr<http::BodySink> open_sink(const http::Request& head) const noexcept override;
    bool takes_long(const http::Request& head) const override;
    http::Response refuse(unsigned status, std::string_view reason, const http::Request& head) const override;

    const RequestFigures& figures() const { return figures_; }

    struct Context {
        const Parts& parts;
        const http::Request& request;
        std::string argument;  // what stood for {id} or {name}
        Caller caller;         // has the scope of the route's row
    };

  private:
    http::Response answer(const http::Request& request, RouteName& name) const;
    http::Response dispatch(const http::Request& request, RouteName& name) const;

    const Parts parts_;
    const Guard guard_;
    mutable RequestFigures figures_;
};

// "GET /v1/keys": every route, as docs/api.md has it, and what it needs.
struct RouteNeeds {
    std::string name;
    Scope scope = Scope::none;
    Reach reach = Reach::everything;
};
std::vector<RouteNeeds> routes_and_needs();
std::vector<std::string> route_names();

}  // namespace custdkim::api
