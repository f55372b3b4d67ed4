// What the handlers of routes share: documents out, numbers of the query in. Pure functions.
#pragma once

#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.hpp"
#include "base/time.hpp"
#include "http/message.hpp"

namespace custdkim::api {

enum class Layout { indented, compact };  // for people; for what is long

http::Response json(unsigned status, const nlohmann::ordered_json& document,
                    Layout layout = Layout::indented);

// RFC 3339, or null.
nlohmann::ordered_json time_json(const std::optional<Timestamp>& time);

// In Prometheus' exposition format 0.0.4.
http::Response metrics_response(std::string text);

// The JSON object that a body is. `invalid` where it is none, or has a member twice: what that means, nobody
// could tell (RFC 8259 section 4).
Result<nlohmann::ordered_json> read_object(std::string_view body);

// What a request may not have in its query; `known` names those that it may.
Error no_such_parameter(const std::string& name, std::string_view known);

// The value of the query parameter `name`.
Result<std::uint64_t> read_number(const std::string& name, const std::string& text, std::uint64_t least,
                                  std::uint64_t most);

}  // namespace custdkim::api
