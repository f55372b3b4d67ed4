// Keys as the API and `--json` show them, and requests as they are sent to us.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "keys/key.hpp"
#include "keys/key_request.hpp"
#include "keys/rotation.hpp"

namespace custdkim::api {

// What the states of a key follow from, besides its facts.
struct Moment {
    const RotationPolicy& policy;
    ClockSteps clock;
    Timestamp now{};
};

nlohmann::ordered_json key_json(const Key& key, const Moment& moment);

// A key as a row of CSV, and what stands over its cells.
std::vector<std::string> key_row(const Key& key, const Moment& moment);
std::vector<std::string> key_row_names();

// "inactive", "active", or "held".
std::string_view shown_status(const Key& key, const Moment& moment);

// Whether a CNAME of it was seen to be wrong often and long enough, while it is active (keys/watch.hpp).
bool is_failing(const Key& key, const RotationPolicy& policy);

// The last finding of each slot that was looked at, for a refusal.
nlohmann::ordered_json findings_json(const Key& key);

// The body of POST /v1/keys. Refuses what is not JSON, fields of the wrong type and unknown ones, by name.
Result<KeyRequest> read_key_request(std::string_view body);

}  // namespace custdkim::api
