#include "api/key_json.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "api/handling.hpp"
#include "dns/customer_domain.hpp"
#include "keys/key_record.hpp"
#include "keys/key_state.hpp"
#include "keys/watch.hpp"

namespace custdkim::api {

using nlohmann::ordered_json;

namespace {

constexpr std::string_view held = "held";

ordered_json pair_json(const Pair& pair, const Pair* published, Timestamp now) {
    return {{"number", pair.number},
            {"state", to_string(state_of(pair, published, now))},
            {"public_key", to_base64(pair.public_key)},
            {"created_at", format_rfc3339(pair.created_at)},
            {"published_at", time_json(pair.published_at)},
            {"visible_at", time_json(pair.visible_at)},
            {"signing_since", time_json(pair.signing_since)},
            {"retired_at", time_json(pair.retired_at)},
            {"compromised_at", time_json(pair.compromised_at)},
            {"revoked_at", time_json(pair.revoked_at)},
            {"destroyed_at", time_json(pair.destroyed_at)}};
}

// The last look, and the last pass beside it: a look that could tell nothing does not undo that (R5).
ordered_json finding_json(const SlotCheck& check) {
    if (!check.last) return nullptr;
    const Finding& finding = *check.last;
    return {{"outcome", to_string(finding.outcome)},
            {"cause", finding.cause.empty() ? ordered_json(nullptr) : ordered_json(finding.cause)},
            {"candidates", finding.candidates},
            {"detail", finding.detail},
            {"fix", finding.fix},
            {"evidence", finding.evidence},
            {"checked_at", format_rfc3339(finding.checked_at)},
            {"verified_at", time_json(check.verified_at)}};
}

// Since when the slot of an active key is failing, if it is (keys/watch.hpp).
std::optional<Timestamp> failing_since(const Key& key, const Slot& slot, const RotationPolicy& policy) {
    return signing_slot(key) && is_failing(slot.check, policy) ? slot.check.failing_since : std::nullopt;
}

// What comes of that, for people.
std::string failure_warning(const Key& key, const Slot& slot, Timestamp since, const Moment& moment) {
    const auto& last = slot.check.last;
    std::string text = customer_name(key, slot) + " fails since " + format_rfc3339(since) +
                       (last && last->outcome == Outcome::fail ? " (" + last->cause + ")" : "");
    if (&slot == signing_slot(key)) return text + ": mail that is signed now may not verify";
    const auto expected = forecast(key, moment.policy, moment.clock, moment.now);
    if (!expected || &key.slots[expected->slot] != &slot) return text;
    return text + ": the rotation on " + format_rfc3339(expected->sign_at) + " will be held";
}

ordered_json warnings_json(const Key& key, const Moment& moment) {
    ordered_json warnings = ordered_json::array();
    if (const auto warning = warning_about(key.type)) warnings.push_back(*warning);
    for (const Slot& slot : key.slots) {
        const auto since = failing_since(key, slot, moment.policy);
        if (since) warnings.push_back(failure_warning(key, slot, *since, moment));
    }
    return warnings;
}

ordered_json slot_json(const Key& key, const Slot& slot, const Moment& moment) {
    const Pair* const published = slot.published();
    ordered_json pairs = ordered_json::array();
    for (const Pair& pair : slot.pairs) pairs.push_back(pair_json(pair, published, moment.now));
    const std::string record = record_name(key, slot);
    return {{"selector", slot.selector},
            {"record_name", record},
            {"cname", {{"name", customer_name(key, slot)}, {"target", record}}},
            {"txt", slot_record_text(key, slot)},
            {"pairs", std::move(pairs)},
            {"finding", finding_json(slot.check)},
            {"failing_since", time_json(failing_since(key, slot, moment.policy))}};
}

ordered_json next_json(const Key& key, const Moment& moment) {
    const auto step = next_rotation_step(key, moment.policy, moment.clock, moment.now);
    if (!step) return nullptr;
    return {{"action", to_string(step->action)}, {"due", format_rfc3339(step->due)}};
}

ordered_json rotation_json(const Key& key, const Moment& moment) {
    const auto expected = forecast(key, moment.policy, moment.clock, moment.now);
    if (!expected) return nullptr;
    return {{"selector", key.slots[expected->slot].selector},
            {"publish_at", format_rfc3339(expected->publish_at)},
            {"sign_at", format_rfc3339(expected->sign_at)},
            {"why", expected->why},
            {"requested_at", time_json(key.rotation_requested_at)}};
}

}  // namespace

ordered_json key_json(const Key& key, const Moment& moment) {
    const Slot* const signing = signing_slot(key);
    const auto hold = hold_of(key, moment.policy, moment.clock, moment.now);
    ordered_json slots = ordered_json::array();
    for (const Slot& slot : key.slots) slots.push_back(slot_json(key, slot, moment));
    return {{"id", key.id},
            {"domain", key.domain.text()},
            {"registrable_domain", dns::registrable_domain(key.domain).text()},
            {"match", to_string(key.match)},
            {"type", to_string(key.type)},
            {"org", key.org},
            {"zone", key.zone.text()},
            {"status", hold ? held : to_string(status_of(key))},
            {"signing_selector", signing ? ordered_json(signing->selector) : nullptr},
            {"created_at", format_rfc3339(key.created_at)},
            {"activated_at", time_json(key.activated_at)},
            {"revoked_at", time_json(key.revoked_at)},
            {"deleted_at", time_json(key.deleted_at)},
            {"slots", std::move(slots)},
            {"next", next_json(key, moment)},
            {"rotation", rotation_json(key, moment)},
            {"hold", hold ? ordered_json({{"since", format_rfc3339(hold->since)}, {"reason", hold->reason}})
                          : ordered_json(nullptr)},
            {"warnings", warnings_json(key, moment)}};
}

std::string_view shown_status(const Key& key, const Moment& moment) {
    return hold_of(key, moment.policy, moment.clock, moment.now) ? held : to_string(status_of(key));
}

bool is_failing(const Key& key, const RotationPolicy& policy) {
    return std::any_of(key.slots.begin(), key.slots.end(),
                       [&](const Slot& slot) { return failing_since(key, slot, policy).has_value(); });
}

ordered_json findings_json(const Key& key) {
    ordered_json findings = ordered_json::array();
    for (const Slot& slot : key.slots) {
        if (!slot.check.last) continue;
        ordered_json finding = {{"selector", slot.selector}, {"name", customer_name(key, slot)}};
        finding.update(finding_json(slot.check));
        findings.push_back(std::move(finding));
    }
    return findings;
}

Result<KeyRequest> read_key_request(std::string_view body) {
    const auto document = read_object(body);
    if (!document) return document.error();
    KeyRequest request;
    std::optional<std::string> domain;
    const std::pair<std::string_view, std::optional<std::string>*> fields[] = {
        {"domain", &domain},       {"selector", &request.selector},
        {"match", &request.match}, {"alternate_selector", &request.alternate_selector},
        {"type", &request.type},   {"zone", &request.zone},
        {"org", &request.org},     {"third_selector", &request.third_selector},
    };
    for (const auto& item : document->items()) {
        const std::string& name = item.key();
        const auto& value = item.value();
        const auto* const field = std::find_if(std::begin(fields), std::end(fields),
                                               [&](const auto& f) { return f.first == name; });
        if (field == std::end(fields)) {
            return invalid("there is no field '" + name.substr(0, 80) +
                           "'; there are domain, selector, alternate_selector, third_selector, match, type, "
                           "zone and org");
        }
        if (value.is_null()) continue;
        if (!value.is_string()) return invalid("the field '" + name + "' must be a string");
        *field->second = value.get<std::string>();
    }
    if (!domain) return invalid("the field 'domain' is missing");
    request.domain = *domain;
    return request;
}

std::vector<std::string> key_row_names() {
    return {"id",     "domain",           "match",      "type",         "org",       "zone",
            "status", "signing_selector", "created_at", "activated_at", "deleted_at"};
}

std::vector<std::string> key_row(const Key& key, const Moment& moment) {
    const auto time = [](const std::optional<Timestamp>& at) { return at ? format_rfc3339(*at) : ""; };
    const Slot* const signing = signing_slot(key);
    return {key.id,
            key.domain.text(),
            std::string(to_string(key.match)),
            std::string(to_string(key.type)),
            key.org,
            key.zone.text(),
            std::string(shown_status(key, moment)),
            signing ? signing->selector : "",
            format_rfc3339(key.created_at),
            time(key.activated_at),
            time(key.deleted_at)};
}

}  // namespace custdkim::api
