#include "api/webhook_handlers.hpp"

#include <nlohmann/json.hpp>

#include "api/handling.hpp"
#include "api/problem.hpp"

namespace custdkim::api {

using nlohmann::ordered_json;

namespace {

ordered_json webhook_json(const WebhookStatus& webhook) {
    const auto& since = webhook.waiting_since;
    return {{"name", webhook.name},
            {"origin", webhook.origin},
            {"events", webhook.events.empty() ? ordered_json{"*"} : ordered_json(webhook.events)},
            {"delivered", webhook.delivered},
            {"failed", webhook.failed},
            {"given_up", webhook.given_up},
            {"waiting_since", since ? ordered_json(format_rfc3339(*since)) : ordered_json(nullptr)}};
}

}  // namespace

http::Response list_webhooks(const Router::Context& context) {
    ordered_json list = ordered_json::array();
    if (context.parts.webhooks) {
        for (const WebhookStatus& webhook : context.parts.webhooks->list())
            list.push_back(webhook_json(webhook));
    }
    return json(200, {{"webhooks", std::move(list)}});
}

http::Response test_webhook(const Router::Context& context) {
    const Error unknown{Errc::not_found, "there is no webhook '" + context.argument.substr(0, 80) +
                                             "'; [[webhook]] in the configuration makes one"};
    if (!context.parts.webhooks) return problem(unknown);
    const auto trial = context.parts.webhooks->try_out(context.argument, context.caller.name);
    if (!trial) return problem(unknown);
    const bool is_delivered = trial->status && *trial->status >= 200 && *trial->status < 300;
    return json(200, {{"webhook", context.argument},
                      {"delivered", is_delivered},
                      {"status", trial->status ? ordered_json(*trial->status) : ordered_json(nullptr)},
                      {"reason", trial->reason}});
}

}  // namespace custdkim::api
