#include "api/handlers.hpp"

#include <charconv>
#include <nlohmann/json.hpp>

#include "api/key_json.hpp"
#include "api/problem.hpp"
#include "dns/customer_domain.hpp"

namespace custdkim::api {

using nlohmann::ordered_json;

namespace {

constexpr std::size_t default_page = 100, max_page = 1000;

Response json(unsigned status, const ordered_json& document) {
    return {status, "application/json", document.dump(2) + "\n", {}};
}

ordered_json shown(const Router::Context& context, const Key& key) {
    return key_json(key, context.registry.retention(), context.registry.clock().now());
}

Result<std::size_t> read_limit(const std::string& text) {
    std::size_t limit = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), limit);
    if (error != std::errc() || end != text.data() + text.size() || limit == 0 || limit > max_page) {
        return invalid("'limit' must be a number from 1 to " + std::to_string(max_page));
    }
    return limit;
}

Result<KeyFilter> read_filter(const Request& request) {
    KeyFilter filter;
    filter.limit = default_page;
    for (const auto& [name, value] : request.query) {
        if (name == "limit") {
            const auto limit = read_limit(value);
            if (!limit) return limit.error();
            filter.limit = *limit;
        } else if (name == "after") {
            filter.after = value;
        } else if (name == "domain") {
            const auto domain = dns::read_customer_domain(value);
            if (!domain) return domain.error();
            filter.domain = *domain;
        } else {
            return invalid("there is no query parameter '" + name.substr(0, 80) +
                           "'; there are domain, after and limit");
        }
    }
    return filter;
}

}  // namespace

Response health(const Router::Context& context) {
    ordered_json zones = ordered_json::array();
    for (const auto& zone : context.zones.all()) {
        zones.push_back({{"name", zone->name().text()}, {"serial", zone->serial()}});
    }
    return json(200, {{"status", "serving"}, {"zones", std::move(zones)}});
}

Response list_keys(const Router::Context& context) {
    const auto filter = read_filter(context.request);
    if (!filter) return problem(filter.error());
    const auto page = context.registry.list(*filter);
    if (!page) return problem(page.error());
    ordered_json keys = ordered_json::array();
    for (const Key& key : page->keys) keys.push_back(shown(context, key));
    return json(200, {{"keys", std::move(keys)},
                      {"next", page->next.empty() ? ordered_json(nullptr) : ordered_json(page->next)}});
}

Response create_key(const Router::Context& context) {
    const auto request = read_key_request(context.request.body);
    if (!request) return problem(400, "malformed", request.error().detail);
    const auto key = context.registry.create(*request);
    if (!key) return problem(key.error());
    Response response = json(201, shown(context, *key));
    response.headers.emplace_back("Location", "/v1/keys/" + key->id);
    return response;
}

Response show_key(const Router::Context& context) {
    const auto key = context.registry.find(context.argument);
    return key ? json(200, shown(context, *key)) : problem(key.error());
}

Response delete_key(const Router::Context& context) {
    const auto deletion = context.registry.remove(context.argument);
    if (!deletion) return problem(deletion.error());
    return json(200, {{"id", deletion->key.id},
                      {"domain", deletion->key.domain.text()},
                      {"deleted_at", format_rfc3339(*deletion->key.deleted_at)},
                      {"withdrawn", deletion->withdrawn},
                      {"withdraw_at", format_rfc3339(deletion->withdraw_at)}});
}

}  // namespace custdkim::api
