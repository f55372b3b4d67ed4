#include "api/state_handlers.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "api/handling.hpp"
#include "api/problem.hpp"

namespace custdkim::api {

using nlohmann::ordered_json;

namespace {

std::string_view to_string(CheckState state) {
    switch (state) {
        case CheckState::fine: return "fine";
        case CheckState::warning: return "warning";
        case CheckState::failed: return "failed";
    }
    return "failed";
}

}  // namespace

http::Response ready(const Router::Context& context) {
    const Checks checks = context.parts.checks();
    ordered_json list = ordered_json::array();
    for (const Check& check : checks) {
        list.push_back({{"name", check.name}, {"state", to_string(check.state)}, {"detail", check.detail}});
    }
    const auto failed = std::find_if(checks.begin(), checks.end(),
                                     [](const Check& check) { return check.state == CheckState::failed; });
    if (failed == checks.end()) return json(200, {{"status", "ready"}, {"checks", std::move(list)}});
    return problem(503, "not-ready", failed->name + ": " + failed->detail, {{"checks", std::move(list)}});
}

http::Response version(const Router::Context& context) {
    return json(200, {{"name", "custdkim"},
                      {"version", context.parts.version},
                      {"now", format_rfc3339(context.parts.registry.clock().now())}});
}

}  // namespace custdkim::api
