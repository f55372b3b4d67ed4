// What GET /v1/keys may be asked for, and how the keys are found: those that are held or fail by the census,
// without looking through the others; the rest by looking.
#pragma once

#include <optional>
#include <string>

#include "api/list_query.hpp"
#include "dns/domain_prefix.hpp"

namespace custdkim::api {

struct KeyQuery {
    ListQuery list;
    std::string status;  // "": any
    bool failing = false;
    std::optional<dns::DomainPrefix> search;
};

Result<KeyQuery> read_key_query(const http::Request& request);

Result<KeyPage> find_keys(const Router::Context& context, const KeyQuery& query);

}  // namespace custdkim::api
