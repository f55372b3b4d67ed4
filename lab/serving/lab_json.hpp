// The lab's things as JSON, as the control API shows them. Pure functions.
#pragma once

#include <nlohmann/json.hpp>

#include "lab/catalogue/misconfiguration.hpp"
#include "lab/internet/internet.hpp"
#include "lab/serving/query_log.hpp"

namespace custdkim::lab {

// Without its zone. The misconfiguration is the customer's; nullptr if the catalogue has it no more.
nlohmann::ordered_json customer_json(const Customer& customer, const Misconfiguration* misconfiguration);

nlohmann::ordered_json query_json(const LoggedQuery& query);

}  // namespace custdkim::lab
