// A key's timeline as the API shows it. Pure function.
#pragma once

#include <nlohmann/json_fwd.hpp>

#include "keys/timeline.hpp"

namespace custdkim::api {

nlohmann::ordered_json timeline_json(const Key& key, const Timeline& timeline, Timestamp now);

}  // namespace custdkim::api
