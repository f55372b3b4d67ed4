#include "api/rotation_handlers.hpp"

#include <nlohmann/json.hpp>

#include "api/handling.hpp"
#include "api/key_answer.hpp"
#include "api/policy_json.hpp"
#include "api/problem.hpp"
#include "api/timeline_json.hpp"

namespace custdkim::api {

using nlohmann::ordered_json;

namespace {

constexpr std::uint64_t usual_cycles = 2, most_cycles = 12;

Result<unsigned> read_cycles(const http::Request& request) {
    std::uint64_t cycles = usual_cycles;
    for (const auto& [name, value] : request.query) {
        if (name != "cycles")
            return invalid("there is no query parameter '" + name.substr(0, 80) + "'; there is cycles");
        const auto number = read_number(name, value, 1, most_cycles);
        if (!number) return number.error();
        cycles = *number;
    }
    return static_cast<unsigned>(cycles);
}

}  // namespace

http::Response show_timeline(const Router::Context& context) {
    const auto cycles = read_cycles(context.request);
    if (!cycles) return problem(cycles.error());
    const auto key = context.parts.registry.find(context.argument, reader_of(context));
    if (!key) return problem(key.error());
    const RegistrySettings& settings = context.parts.registry.settings();
    const Timestamp now = context.parts.registry.clock().now();
    const Timeline timeline =
        timeline_of(*key, settings.policy(key->zone), settings.clock_steps(), now, *cycles);
    return json(200, timeline_json(*key, timeline, now));
}

http::Response list_findings(const Router::Context& context) {
    const auto key = context.parts.registry.find(context.argument, reader_of(context));
    if (!key) return problem(key.error());
    return json(200, {{"key", key->id}, {"domain", key->domain.text()}, {"findings", findings_json(*key)}});
}

http::Response list_policies(const Router::Context& context) {
    const RegistrySettings& settings = context.parts.registry.settings();
    ordered_json policies = ordered_json::array();
    for (const dns::Name& zone : settings.zones) {
        policies.push_back(policy_json(zone, settings.policy(zone)));
    }
    return json(200, {{"policies", std::move(policies)}});
}

}  // namespace custdkim::api
