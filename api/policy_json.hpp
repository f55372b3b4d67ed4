// A key zone's policy in the words of the configuration, and the inequalities that keep mail verifiable under
// it. Pure function.
#pragma once

#include <nlohmann/json_fwd.hpp>

#include "keys/policy.hpp"

namespace custdkim::api {

nlohmann::ordered_json policy_json(const dns::Name& zone, const RotationPolicy& policy);

}  // namespace custdkim::api
