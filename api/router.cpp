#include "api/router.hpp"

#include <array>

#include "api/handlers.hpp"
#include "api/problem.hpp"
#include "api/routing.hpp"
#include "api/sign_handler.hpp"
#include "api/zone_handlers.hpp"
#include "base/log.hpp"

namespace custdkim::api {

namespace {

constexpr std::size_t max_json_octets = 65536;
constexpr std::string_view token_whereabouts = "[api] token_file";

struct Row {
    std::string_view method;
    std::string_view path;  // what stands in braces is one segment
    http::Response (*handle)(const Router::Context&);
    bool needs_token = true;
    std::size_t max_body = max_json_octets;
};

constexpr std::array routes = {
    // clang-format off
    Row{"GET", "/v1/health", health, false},
    Row{"GET", "/v1/keys", list_keys},
    Row{"POST", "/v1/keys", create_key},
    Row{"GET", "/v1/keys/{id}", show_key},
    Row{"DELETE", "/v1/keys/{id}", delete_key},
    Row{"POST", "/v1/keys/{id}/verify", verify_key},
    Row{"POST", "/v1/keys/{id}/activate", activate_key},
    Row{"POST", "/v1/keys/{id}/deactivate", deactivate_key},
    Row{"POST", "/v1/keys/{id}/rotate", rotate_key},
    Row{"POST", "/v1/keys/{id}/revoke", revoke_key},
    Row{"GET", "/v1/events", list_events},
    Row{"GET", "/v1/zones", list_zones},
    Row{"POST", "/v1/zones/reload", reload_zones},
    Row{"GET", "/v1/zones/{name}", show_zone},
    Row{"GET", "/v1/zones/{name}/records", list_records},
    Row{"POST", "/v1/sign", sign_mail, true, max_message_octets},
    // clang-format on
};

}  // namespace

Router::Router(Parts parts, SecretBytes token) : parts_(parts), token_(std::move(token)) {}

http::Response Router::handle(const http::Request& request) const noexcept {
    try {
        return dispatch(request);
    } catch (const std::exception& exception) {
        log_error("a request to the API failed",
                  {{"method", request.method}, {"path", request.path}, {"reason", exception.what()}});
        return problem(500, "internal", "something went wrong inside custdkim; its log says what");
    }
}

http::Response Router::dispatch(const http::Request& request) const {
    auto route = find_route(routes, request, token_, token_whereabouts);
    if (!route.row) return std::move(route.refusal);
    return route.row->handle({parts_, request, std::move(route.argument)});
}

std::size_t Router::max_body(const http::Request& head) const {
    for (const Row& row : routes) {
        if (row.max_body == max_json_octets || row.method != head.method) continue;
        if (fit(row.path, head.path) && is_authorized(head, token_)) return row.max_body;
    }
    return max_json_octets;
}

http::Response Router::refuse(unsigned status, std::string_view reason, const http::Request& head) const {
    return refuse_unread(status, reason, is_authorized(head, token_), token_whereabouts);
}

std::vector<std::string> route_names() {
    std::vector<std::string> names;
    for (const Row& row : routes) names.push_back(std::string(row.method) + " " + std::string(row.path));
    return names;
}

}  // namespace custdkim::api
