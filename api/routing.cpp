#include "api/routing.hpp"

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

bool is_authorized(const http::Request& request, const SecretBytes& token) {
    constexpr std::string_view scheme = "Bearer ";
    const std::string_view authorization = request.header("authorization");
    if (!authorization.starts_with(scheme)) return false;
    const auto* const sent = reinterpret_cast<const std::uint8_t*>(authorization.data());
    return equal_secrets({sent + scheme.size(), authorization.size() - scheme.size()}, token.span());
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
    return problem(status, status == 400 ? "malformed" : "too-large", reason);
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
