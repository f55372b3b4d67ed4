#include "keys/policy.hpp"

#include <algorithm>
#include <array>

namespace custdkim {

namespace {

// Parses one of `values` by its name; the refusal lists them all.
template <typename Value, std::size_t N>
Result<Value> parse_one_of(std::string_view text, const std::array<Value, N>& values) {
    std::string names;
    for (const Value value : values) {
        if (text == to_string(value)) return value;
        names += (names.empty() ? "" : ", ") + std::string(to_string(value));
    }
    return invalid("'" + std::string(text) + "' is not one of " + names);
}

std::string show(const char* name, Duration duration) {
    return std::string(name) + " (" + format_duration(duration) + ")";
}

}  // namespace

std::string_view to_string(AlternateAtCreation value) {
    return value == AlternateAtCreation::standby ? "standby" : "placeholder";
}

std::string_view to_string(RetiredRecord value) {
    switch (value) {
        case RetiredRecord::keep: return "keep";
        case RetiredRecord::revoke: return "revoke";
        case RetiredRecord::publish_private_key: return "publish-private-key";
    }
    return "keep";
}

std::string_view to_string(AfterMaxHold value) {
    switch (value) {
        case AfterMaxHold::keep_holding: return "keep-holding";
        case AfterMaxHold::sign_anyway: return "sign-anyway";
        case AfterMaxHold::deactivate: return "deactivate";
    }
    return "keep-holding";
}

Result<AlternateAtCreation> parse_alternate_at_creation(std::string_view text) {
    return parse_one_of(text, std::array{AlternateAtCreation::standby, AlternateAtCreation::placeholder});
}

Result<RetiredRecord> parse_retired_record(std::string_view text) {
    return parse_one_of(
        text, std::array{RetiredRecord::keep, RetiredRecord::revoke, RetiredRecord::publish_private_key});
}

Result<AfterMaxHold> parse_after_max_hold(std::string_view text) {
    return parse_one_of(
        text, std::array{AfterMaxHold::keep_holding, AfterMaxHold::sign_anyway, AfterMaxHold::deactivate});
}

Duration settle_time(const RotationPolicy& policy) {
    return std::max(policy.ttl + policy.stale, policy.negative_ttl);
}

Duration shortest_retention(const RotationPolicy& policy) {
    return policy.transit + policy.ttl + policy.stale;
}

std::vector<Margin> margins(const RotationPolicy& policy) {
    const Duration settled = policy.ttl + policy.stale;
    const Duration turn = (static_cast<int>(policy.slots) - 1) * policy.interval;
    const auto at_least = [](std::string_view keeps, std::string_view rule, Duration value, Duration bound) {
        return Margin{keeps, rule, value, bound, value >= bound};
    };
    return {
        at_least("R2", "prepublish >= ttl + stale", policy.prepublish, settled),
        at_least("R2", "prepublish >= negative_ttl", policy.prepublish, policy.negative_ttl),
        at_least("R3", "retention >= transit + ttl + stale", policy.retention, shortest_retention(policy)),
        {"R3", "prepublish < interval", policy.prepublish, policy.interval,
         policy.prepublish < policy.interval},
        {"R3", "retention + prepublish <= (slots - 1) x interval", policy.retention + policy.prepublish, turn,
         policy.retention + policy.prepublish <= turn},
    };
}

std::vector<std::string> broken_inequalities(const RotationPolicy& policy) {
    std::vector<std::string> broken;
    const auto must = [&](bool holds, const std::string& sentence) {
        if (!holds) broken.push_back(sentence);
    };
    must(policy.interval >= Duration(1), "interval must be at least 1s");
    must(policy.slots == 2 || policy.slots == 3, "slots must be 2 or 3");
    const std::vector<Margin> kept = margins(policy);
    must(kept[0].holds, show("prepublish", policy.prepublish) + " must be at least " +
                            show("ttl", policy.ttl) + " + " + show("stale", policy.stale) +
                            ": until then caches may hold what the record said before");
    must(kept[1].holds, show("prepublish", policy.prepublish) + " must be at least " +
                            show("negative_ttl", policy.negative_ttl) +
                            ": until then caches may hold that there is no record");
    must(kept[2].holds, show("retention", policy.retention) + " must be at least " +
                            show("transit", policy.transit) + " + " + show("ttl", policy.ttl) + " + " +
                            show("stale", policy.stale) +
                            ": mail that was signed last is verified until then");
    must(kept[3].holds, show("prepublish", policy.prepublish) + " must be shorter than " +
                            show("interval", policy.interval));
    must(kept[4].holds, show("retention", policy.retention) + " + " + show("prepublish", policy.prepublish) +
                            " must be at most (slots - 1) x interval (" + format_duration(kept[4].bound) +
                            "): a slot is written again when its turn comes");
    must(policy.verified_within >= Duration(1), "verified_within must be at least 1s");
    must(policy.recheck >= Duration(1), "recheck must be at least 1s");
    must(policy.failing_looks >= 1, "failing_looks must be at least 1");
    // The other way round, whoever passes would be looked at more often than who fails.
    must(policy.watch == Duration(0) || policy.watch >= policy.recheck,
         show("watch", policy.watch) + " must be 0s or at least " + show("recheck", policy.recheck));
    return broken;
}

}  // namespace custdkim
