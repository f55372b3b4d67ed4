#include "api/domain_handlers.hpp"

#include <nlohmann/json.hpp>

#include "api/csv.hpp"
#include "api/handling.hpp"
#include "api/org_scope.hpp"
#include "api/problem.hpp"
#include "dns/customer_domain.hpp"
#include "keys/rotation_turn.hpp"

namespace custdkim::api {

using nlohmann::ordered_json;

namespace {

constexpr std::size_t default_page = 100, max_page = 1000;
constexpr std::size_t most_looked_at = 10000;  // keys, for one page

Result<KeyFilter> read_filter(const Router::Context& context) {
    KeyFilter filter;
    filter.limit = default_page;
    for (const auto& [name, value] : context.request.query) {
        if (name == "limit") {
            const auto limit = read_number(name, value, 1, max_page);
            if (!limit) return limit.error();
            filter.limit = *limit;
        } else if (name == "after") {
            filter.after = value;
        } else if (name == "org") {
            filter.org = value;
        } else if (name == "domain") {
            const auto domain = dns::read_customer_domain(value);
            if (!domain) return domain.error();
            filter.domain = *domain;
        } else {
            return no_such_parameter(name, "domain, org, after and limit");
        }
    }
    return filter;
}

ordered_json domain_json(const Key& key) {
    return {{"domain", key.domain.text()},
            {"org", key.org},
            {"key", key.id},
            {"match", to_string(key.match)},
            {"type", to_string(key.type)},
            {"since", time_json(key.activated_at)}};
}

CsvRow domain_row(const Key& key) {
    return {key.domain.text(),
            key.org,
            key.id,
            std::string(to_string(key.match)),
            std::string(to_string(key.type)),
            key.activated_at ? format_rfc3339(*key.activated_at) : ""};
}

}  // namespace

http::Response list_domains(const Router::Context& context) {
    auto filter = read_filter(context);
    if (!filter) return problem(filter.error());
    const auto org = org_meant(context.caller, filter->org);
    if (!org) return other_org(context.caller);
    filter->org = *org;
    std::vector<Key> found;
    for (std::size_t looked = 0; looked < most_looked_at; looked += filter->limit) {
        auto page = context.parts.registry.list(*filter);
        if (!page) return problem(page.error());
        for (Key& key : page->keys) {
            if (signs(key)) found.push_back(std::move(key));
        }
        filter->after = page->next;
        if (!found.empty() || filter->after.empty()) break;
    }
    if (wants_csv(context.request)) {
        std::vector<CsvRow> rows = {{"domain", "org", "key", "match", "type", "since"}};
        for (const Key& key : found) rows.push_back(domain_row(key));
        return csv(rows, filter->after);
    }
    ordered_json list = ordered_json::array();
    for (const Key& key : found) list.push_back(domain_json(key));
    return json(200, {{"domains", std::move(list)},
                      {"next", filter->after.empty() ? ordered_json(nullptr) : ordered_json(filter->after)}});
}

}  // namespace custdkim::api
