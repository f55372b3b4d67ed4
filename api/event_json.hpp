// An entry of the audit log, as lists and streams show it. Pure function.
#pragma once

#include <nlohmann/json_fwd.hpp>

#include "keys/event.hpp"

namespace custdkim::api {

nlohmann::ordered_json event_json(const Event& event);

}  // namespace custdkim::api
