#include "lab/serving/control.hpp"

#include <array>

#include "api/routing.hpp"
#include "base/log.hpp"
#include "lab/serving/control_handlers.hpp"

namespace custdkim::lab {

namespace {

constexpr std::size_t max_body_octets = 1 << 20;  // a zone
constexpr std::string_view token_whereabouts = "the lab's token file";

struct Row {
    std::string_view method;
    std::string_view path;  // "{id}" stands for one segment
    http::Response (*handle)(const Control::Context&);
    bool needs_token = true;
};

constexpr std::array routes = {
    // clang-format off
    Row{"GET", "/v1/health", show_health, false},
    Row{"GET", "/v1/misconfigurations", list_misconfigurations},
    Row{"GET", "/v1/misconfigurations/{id}", show_misconfiguration},
    Row{"GET", "/v1/customers", list_customers},
    Row{"GET", "/v1/customers/{id}", show_customer},
    Row{"PUT", "/v1/customers/{id}", set_customer},
    Row{"DELETE", "/v1/customers/{id}", remove_customer},
    Row{"POST", "/v1/customers/{id}/fix", fix_customer},
    Row{"GET", "/v1/customers/{id}/zone", export_zone},
    Row{"GET", "/v1/queries", list_queries},
    Row{"DELETE", "/v1/queries", clear_queries},
    Row{"POST", "/v1/cache/flush", flush_cache},
    Row{"GET", "/v1/clock", show_clock},
    Row{"POST", "/v1/clock/advance", advance_clock},
    Row{"GET", "/v1/root", show_root},
    // clang-format on
};

}  // namespace

http::Response Control::handle(const http::Request& request) const noexcept {
    try {
        auto route = api::find_route(routes, request);
        if (!route.row) return std::move(route.refusal);
        if (route.row->needs_token && !api::is_authorized(request, token_)) {
            return api::unauthorized(token_whereabouts);
        }
        return route.row->handle({parts_, request, std::move(route.argument)});
    } catch (const std::exception& exception) {
        log_error("a request to the lab failed",
                  {{"method", request.method}, {"path", request.path}, {"reason", exception.what()}});
        return api::problem(500, "internal", "something went wrong inside the lab; its log says what");
    }
}

std::size_t Control::max_body(const http::Request& head) const {
    return api::is_authorized(head, token_) ? max_body_octets : 65536;
}

http::Response Control::refuse(unsigned status, std::string_view reason, const http::Request& head) const {
    return api::refuse_unread(status, reason, api::is_authorized(head, token_), token_whereabouts);
}

}  // namespace custdkim::lab
