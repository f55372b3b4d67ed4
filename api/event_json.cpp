#include "api/event_json.hpp"

#include <nlohmann/json.hpp>

namespace custdkim::api {

nlohmann::ordered_json event_json(const Event& event) {
    return {{"number", event.number}, {"at", format_rfc3339(event.at)},
            {"actor", event.actor},   {"action", event.action},
            {"key", event.key_id},    {"domain", event.domain},
            {"org", event.org},       {"detail", event.detail}};
}

}  // namespace custdkim::api
