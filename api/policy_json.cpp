#include "api/policy_json.hpp"

#include <nlohmann/json.hpp>

namespace custdkim::api {

using nlohmann::ordered_json;

ordered_json policy_json(const dns::Name& zone, const RotationPolicy& policy) {
    const auto lasting = [](Duration duration) { return format_duration(duration); };
    ordered_json rules = ordered_json::array();
    for (const Margin& margin : margins(policy)) {
        rules.push_back({{"keeps", margin.keeps},
                         {"rule", margin.rule},
                         {"value", lasting(margin.value)},
                         {"bound", lasting(margin.bound)},
                         {"holds", margin.holds}});
    }
    return {{"zone", zone.text()},
            {"ttl", lasting(policy.ttl)},
            {"negative_ttl", lasting(policy.negative_ttl)},
            {"rotation",
             {{"interval", lasting(policy.interval)},
              {"prepublish", lasting(policy.prepublish)},
              {"retention", lasting(policy.retention)},
              {"jitter", lasting(policy.jitter)},
              {"slots", policy.slots},
              {"alternate_at_creation", to_string(policy.alternate_at_creation)},
              {"retired", to_string(policy.retired)},
              {"destroy_private_key_after", lasting(policy.destroy_private_key_after)},
              {"revoke_compromised", policy.revoke_compromised},
              {"verified_within", lasting(policy.verified_within)},
              {"recheck", lasting(policy.recheck)},
              {"watch", lasting(policy.watch)},
              {"failing_looks", policy.failing_looks},
              {"failing_for", lasting(policy.failing_for)},
              {"max_hold", lasting(policy.max_hold)},
              {"after_max_hold", to_string(policy.after_max_hold)},
              {"customer_negative_ttl", lasting(policy.customer_negative_ttl)},
              {"stale", lasting(policy.stale)},
              {"transit", lasting(policy.transit)}}},
            {"settles_in", lasting(settle_time(policy))},
            {"shortest_retention", lasting(shortest_retention(policy))},
            {"rules", std::move(rules)}};
}

}  // namespace custdkim::api
