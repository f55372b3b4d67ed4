// What lists of keys, domains and senders take in their queries alike, and how keys are looked through.
#pragma once

#include <functional>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>

#include "api/router.hpp"

namespace custdkim::api {

struct ListQuery {
    std::string org, after;
    std::optional<dns::Name> domain;
    std::size_t limit = 100;  // from 1 to 1000
};

// Whether `name` is one of these parameters, which are domain, org, limit and after; then it is taken.
Result<bool> take_parameter(ListQuery& query, const std::string& name, const std::string& value);

// Of those that are `wanted` a page: at most 10,000 keys are looked at, so that it may be short, or empty,
// although there are more.
Result<KeyPage> find_keys(const Router::Context& context, const ListQuery& query,
                          const std::function<bool(const Key&)>& wanted);

// A cursor, or null.
nlohmann::ordered_json next_json(const std::string& next);

}  // namespace custdkim::api
