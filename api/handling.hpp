// What the handlers of routes share: documents out, numbers of the query in. Pure functions.
#pragma once

#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <string>

#include "base/result.hpp"
#include "http/message.hpp"

namespace custdkim::api {

enum class Layout { indented, compact };  // for people; for what is long

http::Response json(unsigned status, const nlohmann::ordered_json& document,
                    Layout layout = Layout::indented);

// The value of the query parameter `name`.
Result<std::uint64_t> read_number(const std::string& name, const std::string& text, std::uint64_t least,
                                  std::uint64_t most);

}  // namespace custdkim::api
