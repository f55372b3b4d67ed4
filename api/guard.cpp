#include "api/guard.hpp"

#include <algorithm>

#include "api/problem.hpp"
#include "api/routing.hpp"
#include "base/ascii.hpp"
#include "dns/server_address.hpp"

namespace custdkim::api {

namespace {

constexpr std::string_view token_whereabouts = "[api] token_file, or one that 'custdkim token create' made,";

Admission refuse(http::Response refusal) { return {std::nullopt, std::move(refusal)}; }

// "127.0.0.1:8080", "[::1]:8080", "localhost". An address that is only the beginning of a name is none.
bool is_loopback_host(std::string_view host) {
    if (const auto server = dns::parse_server_address(host, 80)) return dns::is_loopback(server->address);
    const std::size_t colon = std::min(host.find(':'), host.size());
    const bool has_port = host.find_first_not_of("0123456789", colon + 1) == std::string_view::npos;
    return has_port && equal_in_any_case(host.substr(0, colon), "localhost");
}

bool changes_something(const http::Request& request) {
    return request.method != "GET" && request.method != "HEAD" && request.method != "OPTIONS";
}

// A page of this very server: browsers say where the page is from (RFC 6454 section 7).
bool is_from_elsewhere(const http::Request& request) {
    const std::string_view origin = request.header("origin");
    const std::string_view site = request.header("sec-fetch-site");
    if (!site.empty() && site != "same-origin" && site != "none") return true;
    return !origin.empty() && origin != "http://" + std::string(request.header("host")) &&
           origin != "https://" + std::string(request.header("host"));
}

// What a request must be that brings no token, where none is needed.
std::optional<http::Response> distrust(const http::Request& request) {
    if (!is_loopback_host(request.header("host"))) {
        return problem(403, "foreign-host",
                       "without a token the API answers to 127.0.0.1, [::1] and localhost only; the request "
                       "was for another host");
    }
    if (changes_something(request) && is_from_elsewhere(request)) {
        return problem(403, "foreign-origin",
                       "a page of another site may not change anything here; set [api] token_file, and "
                       "send the token");
    }
    return std::nullopt;
}

http::Response lacks_scope(const Caller& caller, Scope needed) {
    const std::string scope(to_string(needed));
    http::Response response = problem(403, "forbidden",
                                      caller.name + " lacks the scope '" + scope +
                                          "', which this needs; it has " + to_string(caller.scopes));
    response.headers.emplace_back("WWW-Authenticate",  // RFC 6750 section 3.1
                                  "Bearer error=\"insufficient_scope\", scope=\"" + scope + "\"");
    return response;
}

http::Response about_all(const Caller& caller) {
    return problem(403, "forbidden",
                   caller.name + " is bound to the organisation " + caller.org +
                       ", and this is about all organisations");
}

}  // namespace

Admission Guard::admit(const http::Request& request, Scope needed, Reach reach) const {
    const auto token = bearer_token(request);
    std::optional<Caller> caller;
    if (token) {
        caller = tokens_.identify(*token);
    } else if (tokens_.are_optional()) {
        if (auto refusal = distrust(request)) return refuse(std::move(*refusal));
        caller = Caller{"operator", {Scope::admin}};
    }
    if (needed == Scope::none) return {caller.value_or(Caller()), {}};
    if (!caller) return refuse(unauthorized(token_whereabouts));
    if (!caller->scopes.allow(needed)) return refuse(lacks_scope(*caller, needed));
    if (!caller->org.empty() && reach == Reach::everything) return refuse(about_all(*caller));
    return {std::move(caller), {}};
}

bool Guard::admits(const http::Request& head, Scope needed) const {
    return admit(head, needed, Reach::organisation).caller.has_value();
}

http::Response Guard::refuse_unread(unsigned status, std::string_view reason,
                                    const http::Request& head) const {
    const auto token = bearer_token(head);
    const bool is_known = token ? tokens_.identify(*token).has_value() : tokens_.are_optional();
    return api::refuse_unread(status, reason, is_known, token_whereabouts);
}

}  // namespace custdkim::api
