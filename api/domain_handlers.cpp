#include "api/domain_handlers.hpp"

#include <nlohmann/json.hpp>

#include "api/csv.hpp"
#include "api/handling.hpp"
#include "api/list_query.hpp"
#include "api/org_scope.hpp"
#include "api/problem.hpp"
#include "keys/rotation_turn.hpp"

namespace custdkim::api {

using nlohmann::ordered_json;

namespace {

Result<ListQuery> read_list(const http::Request& request) {
    ListQuery query;
    for (const auto& [name, value] : request.query) {
        const auto taken = take_parameter(query, name, value);
        if (!taken) return taken.error();
        if (!*taken) return no_such_parameter(name, "domain, org, after and limit");
    }
    return query;
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
    auto query = read_list(context.request);
    if (!query) return problem(query.error());
    const auto org = org_meant(context.caller, query->org);
    if (!org) return other_org(context.caller);
    query->org = *org;
    const auto page = find_keys(context, *query, signs);
    if (!page) return problem(page.error());
    if (wants_csv(context.request)) {
        std::vector<CsvRow> rows = {{"domain", "org", "key", "match", "type", "since"}};
        for (const Key& key : page->keys) rows.push_back(domain_row(key));
        return csv(rows, page->next);
    }
    ordered_json list = ordered_json::array();
    for (const Key& key : page->keys) list.push_back(domain_json(key));
    return json(200, {{"domains", std::move(list)}, {"next", next_json(page->next)}});
}

}  // namespace custdkim::api
