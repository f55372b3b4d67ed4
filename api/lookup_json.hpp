// What a look-up saw, as `custdkim lookup --json` and the API show it. Pure function.
#pragma once

#include <nlohmann/json_fwd.hpp>

#include "dns/message.hpp"

namespace custdkim::api {

nlohmann::ordered_json lookup_json(const dns::Name& name, dns::QuestionType type, const dns::Answer& answer);

}  // namespace custdkim::api
