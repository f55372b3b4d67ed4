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

bool is_authorized(const Request& request, const SecretBytes& token) {
    constexpr std::string_view scheme = "Bearer ";
    if (!request.authorization.starts_with(scheme)) return false;
    const auto* const sent = reinterpret_cast<const std::uint8_t*>(request.authorization.data());
    return equal_secrets({sent + scheme.size(), request.authorization.size() - scheme.size()}, token.span());
}

Response unauthorized(std::string_view where) {
    Response response = problem(
        401, "unauthorized", "send the token from " + std::string(where) + " as 'Authorization: Bearer ...'");
    response.headers.emplace_back("WWW-Authenticate", "Bearer");
    return response;
}

Response no_such_path() { return problem(404, "no-such-path", "there is nothing at this path of the API"); }

Response no_such_method(const std::string& allowed) {
    Response response = problem(405, "no-such-method", "this path allows " + allowed);
    response.headers.emplace_back("Allow", allowed);
    return response;
}

}  // namespace custdkim::api
