#include "api/router.hpp"

#include <algorithm>
#include <array>

#include "api/backup_handler.hpp"
#include "api/domain_handlers.hpp"
#include "api/handlers.hpp"
#include "api/lease_handler.hpp"
#include "api/lookup_handler.hpp"
#include "api/org_handlers.hpp"
#include "api/problem.hpp"
#include "api/rotation_handlers.hpp"
#include "api/routing.hpp"
#include "api/sender_handlers.hpp"
#include "api/sign_handler.hpp"
#include "api/state_handlers.hpp"
#include "api/token_handlers.hpp"
#include "api/webhook_handlers.hpp"
#include "api/zone_handlers.hpp"
#include "base/log.hpp"

namespace custdkim::api {

namespace {

constexpr std::size_t max_json_octets = 65536;

// Whether a route waits for somebody else: customers' DNS, which may take its time.
enum class Pace { quick, slow };

struct Row {
    std::string_view method;
    std::string_view path;  // what stands in braces is one segment
    http::Response (*handle)(const Router::Context&);
    Scope scope;  // what the token must allow; `none`: no token is needed
    Reach reach = Reach::everything;
    std::size_t max_body = max_json_octets;
    Pace pace = Pace::quick;
    std::unique_ptr<http::BodySink> (*open)(const Router::Context&) = nullptr;  // for large bodies
};

constexpr std::array routes = {
    // clang-format off
    Row{"GET", "/v1/health", health, Scope::none},
    Row{"GET", "/metrics", show_metrics, Scope::read},
    Row{"GET", "/v1/ready", ready, Scope::none},
    Row{"GET", "/v1/version", version, Scope::read, Reach::organisation},
    Row{"GET", "/v1/keys", list_keys, Scope::read, Reach::organisation},
    Row{"POST", "/v1/keys", create_key, Scope::operate, Reach::organisation},
    Row{"GET", "/v1/keys/{id}", show_key, Scope::read, Reach::organisation},
    Row{"DELETE", "/v1/keys/{id}", delete_key, Scope::operate, Reach::organisation},
    Row{"POST", "/v1/keys/{id}/verify", verify_key, Scope::operate, Reach::organisation, max_json_octets,
        Pace::slow},
    Row{"POST", "/v1/keys/{id}/activate", activate_key, Scope::operate, Reach::organisation, max_json_octets,
        Pace::slow},
    Row{"POST", "/v1/keys/{id}/deactivate", deactivate_key, Scope::operate, Reach::organisation},
    Row{"POST", "/v1/keys/{id}/rotate", rotate_key, Scope::operate, Reach::organisation},
    Row{"POST", "/v1/keys/{id}/revoke", revoke_key, Scope::operate, Reach::organisation},
    Row{"GET", "/v1/keys/{id}/findings", list_findings, Scope::read, Reach::organisation},
    Row{"GET", "/v1/keys/{id}/timeline", show_timeline, Scope::read, Reach::organisation},
    Row{"GET", "/v1/policies", list_policies, Scope::read, Reach::organisation},
    Row{"GET", "/v1/lookups", look_up, Scope::read, Reach::organisation, max_json_octets, Pace::slow},
    Row{"GET", "/v1/events", list_events, Scope::read, Reach::organisation},
    Row{"GET", "/v1/webhooks", list_webhooks, Scope::read},
    Row{"POST", "/v1/webhooks/{name}/test", test_webhook, Scope::operate, Reach::everything, max_json_octets,
        Pace::slow},
    Row{"GET", "/v1/zones", list_zones, Scope::read},
    Row{"POST", "/v1/zones/reload", reload_zones, Scope::operate},
    Row{"GET", "/v1/zones/{name}", show_zone, Scope::read},
    Row{"GET", "/v1/zones/{name}/records", list_records, Scope::read},
    Row{"POST", "/v1/backup", back_up, Scope::admin},
    Row{"GET", "/v1/orgs", list_orgs, Scope::read, Reach::organisation},
    Row{"POST", "/v1/orgs", create_org, Scope::admin},
    Row{"GET", "/v1/orgs/{name}", show_org, Scope::read, Reach::organisation},
    Row{"PATCH", "/v1/orgs/{name}", change_org, Scope::admin},
    Row{"DELETE", "/v1/orgs/{name}", delete_org, Scope::admin},
    Row{"GET", "/v1/tokens", list_tokens, Scope::admin},
    Row{"POST", "/v1/tokens", create_token, Scope::admin},
    Row{"DELETE", "/v1/tokens/{id}", revoke_token, Scope::admin},
    Row{"GET", "/v1/domains", list_domains, Scope::read, Reach::organisation},
    Row{"GET", "/v1/senders", list_senders, Scope::read, Reach::organisation},
    Row{"POST", "/v1/senders", add_sender, Scope::operate, Reach::organisation},
    Row{"GET", "/v1/senders/check", check_sender, Scope::read, Reach::organisation},
    Row{"POST", "/v1/senders/confirm", confirm_sender, Scope::operate, Reach::organisation},
    Row{"DELETE", "/v1/senders/{address}", remove_sender, Scope::operate, Reach::organisation},
    Row{"POST", "/v1/keys/{id}/lease", lease_key, Scope::lease, Reach::organisation},
    Row{"POST", "/v1/sign", sign_mail, Scope::sign, Reach::organisation, max_message_octets, Pace::quick,
        open_mail},
    // clang-format on
};

http::Response failed(const http::Request& request, const std::exception& exception) {
    log_error("a request to the API failed",
              {{"method", request.method}, {"path", request.path}, {"reason", exception.what()}});
    return problem(500, "internal", "something went wrong inside custdkim; its log says what");
}

// A route's, counted as a request to it: what it takes is the time of ours that it costs.
class RoutedSink final : public http::BodySink {
  public:
    RoutedSink(std::unique_ptr<http::BodySink> sink, const RouteName& name, const http::Request& head,
               RequestFigures& figures)
        : sink_(std::move(sink)), name_(name), head_(head), figures_(figures) {}

    void take(std::string_view octets) noexcept override {
        if (failure_) return;
        const Stopwatch watch;
        try {
            sink_->take(octets);
        } catch (const std::exception& exception) {
            failure_ = failed(head_, exception);
        }
        took_ += watch.elapsed();
    }

    http::Response finish() noexcept override {
        const Stopwatch watch;
        http::Response response = conclude();
        figures_.count(name_, response.status, took_ + watch.elapsed());
        return response;
    }

  private:
    http::Response conclude() {
        if (failure_) return std::move(*failure_);
        try {
            return sink_->finish();
        } catch (const std::exception& exception) {
            return failed(head_, exception);
        }
    }

    const std::unique_ptr<http::BodySink> sink_;
    const RouteName name_;
    const http::Request& head_;
    RequestFigures& figures_;
    Latency::Nanoseconds took_{0};
    std::optional<http::Response> failure_;
};

}  // namespace

http::Response Router::handle(const http::Request& request) const noexcept {
    const Stopwatch watch;
    RouteName name;
    http::Response response = answer(request, name);
    figures_.count(name, response.status, watch.elapsed());
    return response;
}

http::Response Router::answer(const http::Request& request, RouteName& name) const {
    try {
        return dispatch(request, name);
    } catch (const std::exception& exception) {
        return failed(request, exception);
    }
}

// Whoever is not admitted is told so by handle(), which does without the body.
std::unique_ptr<http::BodySink> Router::open_sink(const http::Request& head) const noexcept {
    try {
        auto route = find_route(routes, head);
        if (!route.row || !route.row->open) return nullptr;
        auto admission = guard_.admit(head, route.row->scope, route.row->reach);
        if (!admission.caller) return nullptr;
        return std::make_unique<RoutedSink>(
            route.row->open({parts_, head, std::move(route.argument), std::move(*admission.caller)}),
            RouteName{route.row->method, route.row->path}, head, figures_);
    } catch (const std::exception& exception) {
        log_error("the body of a request to the API cannot be taken while it comes in",
                  {{"path", head.path}, {"reason", exception.what()}});
        return nullptr;
    }
}

http::Response Router::dispatch(const http::Request& request, RouteName& name) const {
    auto route = find_route(routes, request);
    if (!route.row) return std::move(route.refusal);
    name = {route.row->method, route.row->path};
    auto admission = guard_.admit(request, route.row->scope, route.row->reach);
    if (!admission.caller) return std::move(admission.refusal);
    auto response =
        route.row->handle({parts_, request, std::move(route.argument), std::move(*admission.caller)});
    // What tokens and organisations are told of in the log is not committed by the ledger, which rings
    // itself.
    if (route.row->scope == Scope::admin && route.row->method != "GET") parts_.bell.ring();
    return response;
}

std::size_t Router::max_body(const http::Request& head) const {
    for (const Row& row : routes) {
        if (row.max_body == max_json_octets || row.method != head.method) continue;
        if (fit(row.path, head.path) && guard_.admits(head, row.scope)) return row.max_body;
    }
    return max_json_octets;
}

bool Router::takes_long(const http::Request& head) const {
    return std::any_of(routes.begin(), routes.end(), [&](const Row& row) {
        return row.pace == Pace::slow && row.method == head.method && fit(row.path, head.path);
    });
}

http::Response Router::refuse(unsigned status, std::string_view reason, const http::Request& head) const {
    return guard_.refuse_unread(status, reason, head);
}

std::vector<RouteNeeds> routes_and_needs() {
    std::vector<RouteNeeds> all;
    for (const Row& row : routes) {
        all.push_back({std::string(row.method) + " " + std::string(row.path), row.scope, row.reach});
    }
    return all;
}

std::vector<std::string> route_names() {
    std::vector<std::string> names;
    for (RouteNeeds& route : routes_and_needs()) names.push_back(std::move(route.name));
    return names;
}

}  // namespace custdkim::api
