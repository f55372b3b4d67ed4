#include "api/token_handlers.hpp"

#include <nlohmann/json.hpp>

#include "api/handling.hpp"
#include "api/problem.hpp"

namespace custdkim::api {

using nlohmann::ordered_json;

namespace {

std::string_view status_of(const Token& token, Timestamp now) {
    if (token.revoked_at) return "revoked";
    return token.expires_at && *token.expires_at <= now ? "expired" : "live";
}

ordered_json token_json(const Token& token, Timestamp now) {
    ordered_json scopes = ordered_json::array();
    for (const Scope scope : all_scopes) {
        if (token.scopes.contains(scope)) scopes.push_back(to_string(scope));
    }
    return {{"id", token.id},
            {"name", token.name},
            {"scopes", std::move(scopes)},
            {"org", token.org.empty() ? ordered_json(nullptr) : ordered_json(token.org)},
            {"status", status_of(token, now)},
            {"created_at", format_rfc3339(token.created_at)},
            {"expires_at", time_json(token.expires_at)},
            {"last_used_at", time_json(token.last_used_at)},
            {"revoked_at", time_json(token.revoked_at)}};
}

Result<Scopes> read_scopes(const ordered_json& list) {
    Scopes scopes;
    if (!list.is_array()) return invalid("the field 'scopes' must be a list, like [\"read\"]");
    for (const auto& item : list) {
        if (!item.is_string()) return invalid("the field 'scopes' must be a list of strings");
        const auto named = parse_scopes(item.get<std::string>());
        if (!named) return named.error();
        for (const Scope scope : all_scopes) {
            if (named->contains(scope)) scopes.add(scope);
        }
    }
    return scopes;
}

Result<TokenRequest> read_token_request(const std::string& body) {
    const auto document = read_object(body);
    if (!document) return document.error();
    TokenRequest request;
    for (const auto& item : document->items()) {
        const std::string& name = item.key();
        const auto& value = item.value();
        const bool is_text = name == "name" || name == "org" || name == "expires_in";
        if (!is_text && name != "scopes") {
            return invalid("there is no field '" + name.substr(0, 80) +
                           "'; there are name, scopes, org and expires_in");
        }
        if (value.is_null()) continue;
        if (is_text && !value.is_string()) return invalid("the field '" + name + "' must be a string");
        if (name == "name") request.name = value.get<std::string>();
        if (name == "org") request.org = value.get<std::string>();
        if (name == "expires_in") {
            const auto lifetime = parse_duration(value.get<std::string>());
            if (!lifetime) return lifetime.error();
            request.lifetime = *lifetime;
        }
        if (name == "scopes") {
            const auto scopes = read_scopes(value);
            if (!scopes) return scopes.error();
            request.scopes = *scopes;
        }
    }
    return request;
}

}  // namespace

http::Response list_tokens(const Router::Context& context) {
    const Timestamp now = context.parts.registry.clock().now();
    ordered_json list = ordered_json::array();
    for (const Token& token : context.parts.tokens.list()) list.push_back(token_json(token, now));
    return json(200, {{"tokens", std::move(list)}});
}

http::Response create_token(const Router::Context& context) {
    const auto request = read_token_request(context.request.body);
    if (!request) return problem(400, "malformed", request.error().detail);
    const auto made = context.parts.tokens.create(*request, context.caller);
    if (!made) return problem(made.error());
    ordered_json document = token_json(made->token, context.parts.registry.clock().now());
    document["token"] = made->secret;
    return json(201, document);
}

http::Response revoke_token(const Router::Context& context) {
    const auto token = context.parts.tokens.revoke(context.argument, context.caller);
    if (!token) return problem(token.error());
    return json(200, token_json(*token, context.parts.registry.clock().now()));
}

}  // namespace custdkim::api
