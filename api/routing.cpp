#include "api/routing.hpp"

#include "base/ascii.hpp"

namespace custdkim::api {

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

std::optional<std::string_view> bearer_token(const http::Request& request) {
    constexpr std::string_view scheme = "Bearer ";  // in any case: RFC 9110 section 11.1
    const std::string_view authorization = request.header("authorization");
    if (authorization.empty()) return std::nullopt;
    const bool is_bearer = equal_in_any_case(authorization.substr(0, scheme.size()), scheme);
    return is_bearer ? authorization.substr(scheme.size()) : std::string_view();
}

bool is_authorized(const http::Request& request, const SecretBytes& token) {
    const auto sent = bearer_token(request);
    if (!sent) return false;
    return equal_secrets({reinterpret_cast<const std::uint8_t*>(sent->data()), sent->size()}, token.span());
}

http::Response unauthorized(std::string_view where) {
    http::Response response = problem(
        401, "unauthorized", "send the token from " + std::string(where) + " as 'Authorization: Bearer ...'");
    response.headers.emplace_back("WWW-Authenticate", "Bearer");
    return response;
}

http::Response refuse_unread(unsigned status, std::string_view reason, bool has_token,
                             std::string_view token_whereabouts) {
    if (status == 413 && !has_token) return unauthorized(token_whereabouts);
    const std::string_view kind = status == 400 ? "malformed" : status == 503 ? "busy" : "too-large";
    return problem(status, kind, reason);
}

http::Response no_such_path() {
    return problem(404, "no-such-path", "there is nothing at this path of the API");
}

http::Response no_such_method(const std::string& allowed) {
    http::Response response = problem(405, "no-such-method", "this path allows " + allowed);
    response.headers.emplace_back("Allow", allowed);
    return response;
}

}  // namespace custdkim::api
