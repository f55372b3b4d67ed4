// Conditional requests (RFC 9110 section 13): what a client has seen of a key, and whether it is still so.
// Pure functions.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"

namespace custdkim::api {

// The entity tag of a key that is shown so: other facts or other states, another tag. Left out is what moves
// by itself and decides nothing: when a CNAME was looked at, and all but the outcome and cause of a look; the
// forecast of a rotation that is overdue. Else an order could hardly be given before the tag is old.
std::string entity_tag(const nlohmann::ordered_json& shown);

// The value of If-Match or If-None-Match.
struct EntityTags {
    bool any = false;  // "*"
    std::vector<std::string> strong, weak;

    bool match_strongly(const std::string& tag) const;  // If-Match (section 13.1.1)
    bool match_weakly(const std::string& tag) const;    // If-None-Match (section 13.1.2)
};

Result<EntityTags> read_entity_tags(std::string_view header);

// The value of Idempotency-Key (draft-ietf-httpapi-idempotency-key-header-07): a string in quotes, which may
// be left out, of up to 128 visible characters.
Result<std::string> read_idempotency_key(std::string_view header);

}  // namespace custdkim::api
