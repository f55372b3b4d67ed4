#include "api/list_query.hpp"

#include <nlohmann/json.hpp>

#include "api/handling.hpp"
#include "dns/customer_domain.hpp"

namespace custdkim::api {

namespace {

constexpr std::size_t max_page = 1000;
constexpr std::size_t most_looked_at = 10000;  // for one page of what is rare

}  // namespace

Result<bool> take_parameter(ListQuery& query, const std::string& name, const std::string& value) {
    if (name == "limit") {
        const auto limit = read_number(name, value, 1, max_page);
        if (!limit) return limit.error();
        query.limit = *limit;
    } else if (name == "after") {
        query.after = value;
    } else if (name == "org") {
        query.org = value;
    } else if (name == "domain") {
        const auto domain = dns::read_customer_domain(value);
        if (!domain) return domain.error();
        query.domain = *domain;
    } else {
        return false;
    }
    return true;
}

Result<KeyPage> find_keys(const Router::Context& context, const ListQuery& query,
                          const std::function<bool(const Key&)>& wanted) {
    KeyFilter filter{query.domain, query.after, query.limit, query.org};
    KeyPage found;
    for (std::size_t looked = 0; looked < most_looked_at; looked += filter.limit) {
        auto page = context.parts.registry.list(filter);
        if (!page) return page.error();
        for (Key& key : page->keys) {
            if (wanted(key)) found.keys.push_back(std::move(key));
        }
        filter.after = page->next;
        if (!found.keys.empty() || filter.after.empty()) break;
    }
    found.next = filter.after;
    return found;
}

nlohmann::ordered_json next_json(const std::string& next) {
    return next.empty() ? nlohmann::ordered_json(nullptr) : nlohmann::ordered_json(next);
}

}  // namespace custdkim::api
