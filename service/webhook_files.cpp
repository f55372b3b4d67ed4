#include "service/webhook_files.hpp"

#include <fstream>

#include "keys/secret_file.hpp"
#include "webhooks/message.hpp"

namespace custdkim {

namespace {

constexpr std::string_view how_to_make =
    "; make one with: (umask 027; echo whsec_$(openssl rand -base64 32) > FILE)";

Result<webhooks::Webhook> read_webhook(const WebhookConfig& config) {
    const std::string what = "the secret of the webhook '" + config.name + "',";
    auto text = read_secret_file(config.secret_file, what, 007);
    if (!text) return invalid(text.error().detail + std::string(how_to_make));
    auto secrets = webhooks::parse_secrets(text_of(*text));
    if (!secrets) {
        return invalid(what + " " + config.secret_file.string() + " " + secrets.error().detail +
                       std::string(how_to_make));
    }
    if (!config.ca_file.empty() && !std::ifstream(config.ca_file)) {
        return invalid("the CA file of the webhook '" + config.name + "', " + config.ca_file.string() +
                       ", cannot be read");
    }
    return webhooks::Webhook{config.name,    config.url,  config.events, std::move(*secrets),
                             config.timeout, config.keep, config.ca_file};
}

}  // namespace

Result<std::vector<webhooks::Webhook>> read_webhooks(const std::vector<WebhookConfig>& configs) {
    std::vector<webhooks::Webhook> all;
    for (const WebhookConfig& config : configs) {
        auto webhook = read_webhook(config);
        if (!webhook) return webhook.error();
        all.push_back(std::move(*webhook));
    }
    return all;
}

}  // namespace custdkim
