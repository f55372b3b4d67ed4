#include "webhooks/message.hpp"

#include <nlohmann/json.hpp>

#include "api/event_json.hpp"
#include "keys/hmac.hpp"
#include "keys/key_pair.hpp"

namespace custdkim::webhooks {

namespace {

constexpr std::string_view prefix = "whsec_";
constexpr std::size_t least_octets = 24, most_octets = 64, most_secrets = 2;

// Unlike the number alone, it is no other event's after a backup was restored.
std::string id_of(const Event& event) {
    return "evt_" + std::to_string(event.number) + "_" + std::to_string(event.at.time_since_epoch().count());
}

std::string body_of(const Event& event) {
    const nlohmann::ordered_json body = {
        {"type", event.action}, {"timestamp", format_rfc3339(event.at)}, {"data", api::event_json(event)}};
    return body.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
}

}  // namespace

Message message_of(const Event& event, const std::vector<SecretBytes>& secrets, Timestamp now) {
    Message message{id_of(event), std::to_string(now.time_since_epoch().count()), "", body_of(event)};
    const std::string what = message.id + "." + message.timestamp + "." + message.body;
    for (const SecretBytes& secret : secrets) {
        if (!message.signature.empty()) message.signature += ' ';
        message.signature += "v1," + to_base64(hmac_sha256(secret, what));
    }
    return message;
}

Result<std::vector<SecretBytes>> parse_secrets(std::string_view text) {
    const Error complaint = invalid(
        "must have one line, or two while the secret changes, each whsec_ and 24 to 64 octets in base64");
    std::vector<SecretBytes> secrets;
    while (!text.empty()) {
        const std::size_t end = std::min(text.find('\n'), text.size());
        std::string_view line = text.substr(0, end);
        text.remove_prefix(std::min(end + 1, text.size()));
        while (line.ends_with('\r') || line.ends_with(' ')) line.remove_suffix(1);
        if (!line.starts_with(prefix) || secrets.size() == most_secrets) return complaint;
        auto secret = from_base64(line.substr(prefix.size()));
        if (!secret || secret->size() < least_octets || secret->size() > most_octets) return complaint;
        secrets.push_back(std::move(*secret));
    }
    if (secrets.empty()) return complaint;
    return secrets;
}

}  // namespace custdkim::webhooks
