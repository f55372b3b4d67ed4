// The bodies of requests to the control API: JSON objects in which every word is known. Pure functions.
#pragma once

#include <string_view>

#include "base/time.hpp"
#include "lab/serving/customer_orders.hpp"

namespace custdkim::lab {

// {"misconfiguration": "...", "flavour", "zone", "zone_name", "key": "...", "selectors", "targets": ["...",
// "..."], "keep_cache": false}; only the first is needed.
Result<CustomerRequest> read_customer_request(std::string_view body);

// {"keep_cache": true}, or nothing.
Result<bool> read_keep_cache(std::string_view body);

// {"by": "25d"}
Result<Duration> read_advance(std::string_view body);

}  // namespace custdkim::lab
