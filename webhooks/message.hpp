// An event as a webhook carries it, signed as the Standard Webhooks specification 1.0 has it: HMAC-SHA256
// over id, timestamp and body. Pure functions.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "base/time.hpp"
#include "keys/event.hpp"
#include "keys/secret.hpp"

namespace custdkim::webhooks {

struct Message {
    std::string id;         // webhook-id: the same for each attempt
    std::string timestamp;  // webhook-timestamp: of this attempt, in seconds since 1970
    std::string signature;  // webhook-signature: one for each secret, with spaces between
    std::string body;       // JSON
};

// `secrets` are those that the receiver may know: the new one and the old, while they change.
Message message_of(const Event& event, const std::vector<SecretBytes>& secrets, Timestamp now);

// "whsec_" and 24 to 64 octets in base64; one a line, at most two.
Result<std::vector<SecretBytes>> parse_secrets(std::string_view text);

}  // namespace custdkim::webhooks
