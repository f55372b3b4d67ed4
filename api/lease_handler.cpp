#include "api/lease_handler.hpp"

#include <nlohmann/json.hpp>

#include "api/handling.hpp"
#include "api/key_answer.hpp"
#include "api/problem.hpp"

namespace custdkim::api {

namespace {

// The body, if there is one: {"for": "10m"}.
Result<std::optional<Duration>> read_wanted(const std::string& body) {
    std::optional<Duration> wanted;
    if (body.empty()) return wanted;
    const auto document = read_object(body);
    if (!document) return document.error();
    for (const auto& item : document->items()) {
        if (item.key() != "for" || !item.value().is_string()) {
            return invalid("there is no field '" + item.key().substr(0, 80) +
                           "' like this here; there is for, a duration in quotes");
        }
        const auto duration = parse_duration(item.value().get<std::string>());
        if (!duration) return duration.error();
        wanted = *duration;
    }
    return wanted;
}

}  // namespace

http::Response lease_key(const Router::Context& context) {
    const auto wanted = read_wanted(context.request.body);
    if (!wanted) return problem(400, "malformed", wanted.error().detail);
    const auto key = context.parts.registry.find(context.argument, reader_of(context));
    if (!key) return problem(key.error());
    const auto lease = context.parts.leases.lease(*key, *wanted, context.caller);
    if (!lease) return problem(lease.error());
    const std::string pem(reinterpret_cast<const char*>(lease->private_key.data()));
    http::Response response = json(200, {{"key", lease->key_id},
                                         {"domain", lease->domain},
                                         {"selector", lease->selector},
                                         {"pair", lease->pair},
                                         {"type", to_string(lease->type)},
                                         {"until", format_rfc3339(lease->until)},
                                         {"private_key", pem}});
    response.headers.emplace_back("Cache-Control", "no-store");
    return response;
}

}  // namespace custdkim::api
