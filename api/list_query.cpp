#include "api/list_query.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "api/handling.hpp"
#include "dns/customer_domain.hpp"

namespace custdkim::api {

namespace {

constexpr std::size_t looked_at_once = 200;  // others wait for the store no longer than that takes

}  // namespace

Result<bool> take_page_parameter(const std::string& name, const std::string& value, std::size_t most,
                                 std::size_t& limit, std::string& after) {
    if (name == "limit") {
        const auto number = read_number(name, value, 1, most);
        if (!number) return number.error();
        limit = *number;
        return true;
    }
    if (name != "after") return false;
    after = value;
    return true;
}

Result<bool> take_parameter(ListQuery& query, const std::string& name, const std::string& value) {
    if (name == "org") {
        query.org = value;
    } else if (name == "domain") {
        const auto domain = dns::read_customer_domain(value);
        if (!domain) return domain.error();
        query.domain = *domain;
    } else {
        return take_page_parameter(name, value, max_page, query.limit, query.after);
    }
    return true;
}

Result<KeyPage> find_keys(const Router::Context& context, const ListQuery& query,
                          const std::function<bool(const Key&)>& wanted) {
    KeyFilter filter{query.domain, query.after, query.limit, query.org, query.prefix};
    KeyPage found;
    for (std::size_t looked = 0; looked < most_looked_at; looked += filter.limit) {
        if (looked > 0) filter.limit = std::max(query.limit, looked_at_once);
        auto page = context.parts.registry.list(filter);
        if (!page) return page.error();
        for (std::size_t i = 0; i < page->keys.size(); ++i) {
            if (!wanted(page->keys[i])) continue;
            if (found.keys.size() == query.limit) {
                found.next = found.cursors.back();
                return found;
            }
            found.keys.push_back(std::move(page->keys[i]));
            found.cursors.push_back(std::move(page->cursors[i]));
        }
        filter.after = page->next;
        if (found.keys.size() == query.limit || filter.after.empty()) break;
    }
    found.next = filter.after;
    return found;
}

nlohmann::ordered_json next_json(const std::string& next) {
    return next.empty() ? nlohmann::ordered_json(nullptr) : nlohmann::ordered_json(next);
}

}  // namespace custdkim::api
