// From the configuration to webhooks: reads what they sign with.
#pragma once

#include "base/result.hpp"
#include "service/config.hpp"
#include "webhooks/webhook.hpp"

namespace custdkim {

// The Error is one sentence about the first secret that is missing, open to others, or none.
Result<std::vector<webhooks::Webhook>> read_webhooks(const std::vector<WebhookConfig>& configs);

}  // namespace custdkim
