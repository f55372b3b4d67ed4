#include "api/key_query.hpp"

#include "api/handling.hpp"
#include "api/key_answer.hpp"
#include "api/key_json.hpp"

namespace custdkim::api {

namespace {

bool is_wanted(const Router::Context& context, const KeyQuery& query, const Key& key) {
    if (query.search && !query.search->fits(key.domain)) return false;
    if (query.status.empty() && !query.failing) return true;
    const Moment moment = moment_of(context, key);
    return (query.status.empty() || shown_status(key, moment) == query.status) &&
           (!query.failing || is_failing(key, moment.policy));
}

// Those that the census names, as they are by now: what has changed since it was asked does not count.
Result<KeyPage> find_by_need(const Router::Context& context, const KeyQuery& query, Need need) {
    auto place = read_place(query.list.after);
    if (!place) return place.error();
    const Timestamp now = context.parts.registry.clock().now();
    const std::size_t limit = query.list.limit;
    KeyPage found;
    std::size_t looked = 0;
    while (looked < most_looked_at) {
        const std::size_t wanted = limit - found.keys.size() + 1;  // one more tells whether there are more
        const auto places = context.parts.census.list(need, *place, query.list.org, wanted, now);
        looked += places.size();
        for (const RollPlace& next : places) {
            auto key = context.parts.store.find(next.id);
            if (!key) return key.error();
            const bool counts = *key && is_wanted(context, query, **key);
            if (counts && found.keys.size() == limit) {
                found.next = found.cursors.back();
                return found;
            }
            *place = next;
            if (!counts) continue;
            found.keys.push_back(std::move(**key));
            found.cursors.push_back(to_cursor(next));
        }
        if (places.size() < wanted) return found;
    }
    found.next = to_cursor(*place);
    return found;
}

// Nothing where keys must be looked through.
std::optional<Need> need_of(const KeyQuery& query) {
    if (query.list.domain || query.search) return std::nullopt;
    if (query.status == "held") return Need::held;
    if (!query.failing) return std::nullopt;
    return query.status.empty() ? Need::failing : Need::only_failing;
}

}  // namespace

Result<KeyQuery> read_key_query(const http::Request& request) {
    KeyQuery query;
    for (const auto& [name, value] : request.query) {
        const auto taken = take_parameter(query.list, name, value);
        if (!taken) return taken.error();
        if (*taken) continue;
        if (name == "status") {
            if (value != "inactive" && value != "active" && value != "held") {
                return invalid("'status' must be inactive, active or held");
            }
            query.status = value;
        } else if (name == "failing") {
            if (value != "true") return invalid("'failing' must be true, or left out");
            query.failing = true;
        } else if (name == "search") {
            const auto prefix = dns::read_domain_prefix(value);
            if (!prefix) return prefix.error();
            query.search = *prefix;
            query.list.prefix = prefix->text;
        } else {
            return no_such_parameter(name, "domain, search, status, failing, org, after and limit");
        }
    }
    if (query.list.domain && query.search) return invalid("give 'domain' or 'search', not both");
    return query;
}

Result<KeyPage> find_keys(const Router::Context& context, const KeyQuery& query) {
    if (const auto need = need_of(query)) return find_by_need(context, query, *need);
    return find_keys(context, query.list, [&](const Key& key) { return is_wanted(context, query, key); });
}

}  // namespace custdkim::api
