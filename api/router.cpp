#include "api/router.hpp"

#include <algorithm>
#include <array>
#include <optional>

#include "api/handlers.hpp"
#include "api/problem.hpp"
#include "api/sign_handler.hpp"
#include "base/log.hpp"

namespace custdkim::api {

namespace {

constexpr std::size_t max_json_octets = 65536;

struct Route {
    std::string_view method;
    std::string_view path;  // "{id}" stands for one segment
    Response (*handle)(const Router::Context&);
    bool needs_token = true;
    std::size_t max_body = max_json_octets;
};

constexpr std::array routes = {
    // clang-format off
    Route{"GET", "/v1/health", health, false},
    Route{"GET", "/v1/keys", list_keys},
    Route{"POST", "/v1/keys", create_key},
    Route{"GET", "/v1/keys/{id}", show_key},
    Route{"DELETE", "/v1/keys/{id}", delete_key},
    Route{"POST", "/v1/keys/{id}/verify", verify_key},
    Route{"POST", "/v1/keys/{id}/activate", activate_key},
    Route{"POST", "/v1/keys/{id}/deactivate", deactivate_key},
    Route{"POST", "/v1/keys/{id}/rotate", rotate_key},
    Route{"POST", "/v1/keys/{id}/revoke", revoke_key},
    Route{"GET", "/v1/events", list_events},
    Route{"POST", "/v1/sign", sign_mail, true, max_message_octets},
    // clang-format on
};

// What stands for {id}, "" for a path without one; nothing where the path does not fit.
std::optional<std::string> fit(std::string_view pattern, std::string_view path) {
    const std::size_t brace = pattern.find('{');
    if (brace == std::string_view::npos) {
        return path == pattern ? std::optional<std::string>("") : std::nullopt;
    }
    const std::string_view before = pattern.substr(0, brace), behind = pattern.substr(pattern.find('}') + 1);
    if (path.size() < before.size() + behind.size() || !path.starts_with(before) || !path.ends_with(behind)) {
        return std::nullopt;
    }
    const std::string_view argument = path.substr(before.size(), path.size() - before.size() - behind.size());
    if (argument.empty() || argument.find('/') != std::string_view::npos) return std::nullopt;
    return std::string(argument);
}

Response unauthorized() {
    Response response =
        problem(401, "unauthorized", "send the token from [api] token_file as 'Authorization: Bearer ...'");
    response.headers.emplace_back("WWW-Authenticate", "Bearer");
    return response;
}

}  // namespace

Router::Router(Parts parts, SecretBytes token) : parts_(parts), token_(std::move(token)) {}

Response Router::handle(const Request& request) const noexcept {
    try {
        return dispatch(request);
    } catch (const std::exception& exception) {
        log_error("a request to the API failed",
                  {{"method", request.method}, {"path", request.path}, {"reason", exception.what()}});
        return problem(500, "internal", "something went wrong inside custdkim; its log says what");
    }
}

Response Router::dispatch(const Request& request) const {
    std::string allowed;
    for (const Route& route : routes) {
        auto argument = fit(route.path, request.path);
        if (!argument) continue;
        if (route.method != request.method) {
            allowed += (allowed.empty() ? "" : ", ") + std::string(route.method);
            continue;
        }
        if (route.needs_token && !is_authorized(request)) return unauthorized();
        return route.handle({parts_, request, std::move(*argument)});
    }
    if (allowed.empty()) return problem(404, "no-such-path", "there is nothing at this path of the API");
    Response response = problem(405, "no-such-method", "this path allows " + allowed);
    response.headers.emplace_back("Allow", allowed);
    return response;
}

std::size_t Router::max_body(const Request& head) const {
    for (const Route& route : routes) {
        if (route.max_body == max_json_octets || route.method != head.method) continue;
        if (fit(route.path, head.path) && is_authorized(head)) return route.max_body;
    }
    return max_json_octets;
}

Response Router::refuse_body(const Request& head) const {
    return is_authorized(head) ? problem(413, "too-large", "the body is too large") : unauthorized();
}

bool Router::is_authorized(const Request& request) const {
    constexpr std::string_view scheme = "Bearer ";
    if (!request.authorization.starts_with(scheme)) return false;
    const auto* const sent = reinterpret_cast<const std::uint8_t*>(request.authorization.data());
    return equal_secrets({sent + scheme.size(), request.authorization.size() - scheme.size()}, token_.span());
}

}  // namespace custdkim::api
