// One attempt to hand a message to a receiver: libcurl, confined to webhooks/post.cpp here. HTTPS is
// verified, no redirect is followed, and of what is answered only the status counts. Thread-safe.
#pragma once

#include <stop_token>

#include "base/result.hpp"
#include "webhooks/message.hpp"
#include "webhooks/webhook.hpp"

namespace custdkim::webhooks {

// The status of the answer. The Error says why there was none, without the URL.
Result<long> post(const Webhook& webhook, const Message& message, const std::stop_token& stop);

}  // namespace custdkim::webhooks
