// Which row of a table of routes a request is for, and the token that it brings: for every handler that has
// such a table. A row has `method` and `path` ("{id}" stands for one segment). Pure functions.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "api/problem.hpp"
#include "http/message.hpp"
#include "keys/secret.hpp"

namespace custdkim::api {

// What stands for {id}, "" for a path without one; nothing where the path does not fit.
std::optional<std::string> fit(std::string_view pattern, std::string_view path);

// What the request brings as its token, "Authorization: Bearer TOKEN" (RFC 6750 section 2.1); "" for another
// scheme, nothing without the header.
std::optional<std::string_view> bearer_token(const http::Request& request);

// Whether that is this token.
bool is_authorized(const http::Request& request, const SecretBytes& token);

// `where` is the token's whereabouts, for people: "[api] token_file".
http::Response unauthorized(std::string_view where);

// What the server refuses before a handler sees it (http/request_handler.hpp). Of limits on bodies only who
// has the token is told.
http::Response refuse_unread(unsigned status, std::string_view reason, bool has_token,
                             std::string_view token_whereabouts);

http::Response no_such_path();
http::Response no_such_method(const std::string& allowed);

template <typename Row>
struct Route {
    const Row* row = nullptr;  // nullptr: `refusal` is the answer
    std::string argument;
    http::Response refusal;
};

// HEAD is what GET is (RFC 9110 section 9.3.2): the server leaves the body out.
template <typename Table>
auto find_route(const Table& table, const http::Request& request) -> Route<typename Table::value_type> {
    const std::string_view method = request.method == "HEAD" ? "GET" : std::string_view(request.method);
    std::string allowed;
    for (const auto& row : table) {
        auto argument = fit(row.path, request.path);
        if (!argument) continue;
        if (row.method != method) {
            allowed += (allowed.empty() ? "" : ", ") + std::string(row.method);
            if (row.method == "GET") allowed += ", HEAD";
            continue;
        }
        return {&row, std::move(*argument), {}};
    }
    return {nullptr, "", allowed.empty() ? no_such_path() : no_such_method(allowed)};
}

}  // namespace custdkim::api
