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
    std::string prefix = {};  // KeyFilter::prefix
};

// Whether `name` is limit, from 1 to `most`, or after; then it is taken.
Result<bool> take_page_parameter(const std::string& name, const std::string& value, std::size_t most,
                                 std::size_t& limit, std::string& after);

// The longest page of most lists.
inline constexpr std::size_t max_page = 1000;

// Whether `name` is one of these parameters, which are domain, org, limit and after; then it is taken.
Result<bool> take_parameter(ListQuery& query, const std::string& name, const std::string& value);

// At most so many keys are looked at for one page of what is rare.
inline constexpr std::size_t most_looked_at = 10000;

// Of those that are `wanted` a page: full, or the last one, or short, even empty, where that many were looked
// at.
Result<KeyPage> find_keys(const Router::Context& context, const ListQuery& query,
                          const std::function<bool(const Key&)>& wanted);

// A cursor, or null.
nlohmann::ordered_json next_json(const std::string& next);

}  // namespace custdkim::api
