#include "api/timeline_json.hpp"

#include <nlohmann/json.hpp>

namespace custdkim::api {

using nlohmann::ordered_json;

namespace {

ordered_json spans_json(const PairLife& life) {
    ordered_json spans = ordered_json::array();
    for (const Span& span : life.spans) {
        spans.push_back({{"state", to_string(span.state)},
                         {"from", format_rfc3339(span.from)},
                         {"to", span.to ? ordered_json(format_rfc3339(*span.to)) : ordered_json(nullptr)}});
    }
    return spans;
}

// What concerns the key as a whole names no slot.
ordered_json step_json(const Key& key, const Step& step) {
    const bool of_slot = step.pair != 0;
    return {{"action", to_string(step.action)},
            {"due", format_rfc3339(step.due)},
            {"selector", of_slot ? ordered_json(key.slots[step.slot].selector) : ordered_json(nullptr)},
            {"pair", of_slot ? ordered_json(step.pair) : ordered_json(nullptr)},
            {"why", step.why}};
}

}  // namespace

ordered_json timeline_json(const Key& key, const Timeline& timeline, Timestamp now) {
    ordered_json slots = ordered_json::array(), planned = ordered_json::array();
    for (const SlotLife& slot : timeline.slots) {
        ordered_json pairs = ordered_json::array();
        for (const PairLife& life : slot.pairs) {
            pairs.push_back({{"number", life.number}, {"spans", spans_json(life)}});
        }
        slots.push_back({{"selector", slot.selector}, {"pairs", std::move(pairs)}});
    }
    for (const Step& step : timeline.planned) planned.push_back(step_json(key, step));
    return {{"key", key.id},
            {"domain", key.domain.text()},
            {"now", format_rfc3339(now)},
            {"until", format_rfc3339(timeline.until)},
            {"slots", std::move(slots)},
            {"planned", std::move(planned)}};
}

}  // namespace custdkim::api
