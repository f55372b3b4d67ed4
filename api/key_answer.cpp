#include "api/key_answer.hpp"

#include <nlohmann/json.hpp>

#include "api/conditional.hpp"
#include "api/handling.hpp"
#include "api/problem.hpp"

namespace custdkim::api {

Moment moment_of(const Router::Context& context, const Key& key) {
    const RegistrySettings& settings = context.parts.registry.settings();
    return {settings.policy(key.zone), settings.clock_steps(), context.parts.registry.clock().now()};
}

nlohmann::ordered_json shown(const Router::Context& context, const Key& key) {
    return key_json(key, moment_of(context, key));
}

Mandate reader_of(const Router::Context& context) { return {context.caller.name, context.caller.org}; }

Result<Mandate> mandate_of(const Router::Context& context) {
    Mandate mandate = reader_of(context);
    const std::string_view header = context.request.header("if-match");
    if (header.empty()) return mandate;
    const auto tags = read_entity_tags(header);
    if (!tags) return tags.error();
    mandate.condition = [&context, seen = *tags](const Key& key) {
        return seen.match_strongly(entity_tag(shown(context, key)));
    };
    return mandate;
}

http::Response key_answer(const Router::Context& context, const Key& key, unsigned status) {
    const auto document = shown(context, key);
    http::Response response = json(status, document);
    response.headers.emplace_back("ETag", entity_tag(document));
    return response;
}

http::Response key_answer(const Router::Context& context, const Result<Key>& key) {
    return key ? key_answer(context, *key) : problem(key.error());
}

}  // namespace custdkim::api
