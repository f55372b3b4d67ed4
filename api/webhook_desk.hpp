// The port through which the API knows of webhooks. Implemented by webhooks/. Thread-safe.
#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "base/time.hpp"

namespace custdkim::api {

struct WebhookStatus {
    std::string name;
    std::string origin;            // "https://receiver.example": what stands behind that may be a secret
    std::set<std::string> events;  // none: all
    std::uint64_t delivered = 0, failed = 0, given_up = 0;  // since the start; failed: attempts
    std::optional<Timestamp> waiting_since;                 // as of the event that it has not taken yet
};

// What a receiver said to a trial.
struct WebhookTrial {
    std::optional<long> status;  // of its answer
    std::string reason;          // where there was none
};

class WebhookDesk {
  public:
    virtual ~WebhookDesk() = default;

    virtual std::vector<WebhookStatus> list() const = 0;

    // Sends an event of type "test", once, beside those that wait. `not_found`: there is no such webhook.
    virtual Result<WebhookTrial> try_out(const std::string& name, const std::string& actor) = 0;
};

}  // namespace custdkim::api
