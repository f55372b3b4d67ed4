#include "store/event_table.hpp"

#include <algorithm>

#include "store/key_rows.hpp"

namespace custdkim::sqlite {

void EventTable::add(const Event& event, std::int64_t key_row, std::string_view org) {
    if (event.action.empty()) return;
    add_.bind(seconds(event.at), event.actor, event.action, key_row, event.key_id, event.domain, event.detail,
              org)
        .run();
}

std::vector<Event> EventTable::list(const EventFilter& filter) {
    const auto after = static_cast<std::int64_t>(std::min<std::uint64_t>(filter.after, INT64_MAX));
    const auto limit = static_cast<std::int64_t>(std::min<std::uint64_t>(filter.limit, INT64_MAX));
    Statement& events =
        filter.key_id.empty() ? list_all_.bind(after, limit) : list_key_.bind(after, filter.key_id, limit);
    std::vector<Event> found;
    while (events.step()) {
        Event& event = found.emplace_back();
        event.number = static_cast<std::uint64_t>(events.number(0));
        event.at = Timestamp(Duration(events.number(1)));
        event.actor = events.text(2);
        event.action = events.text(3);
        event.key_id = events.text(4);
        event.domain = events.text(5);
        event.detail = events.text(6);
        event.org = events.text(7);
    }
    return found;
}

}  // namespace custdkim::sqlite
