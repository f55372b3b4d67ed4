#include "api/event_stream.hpp"

#include <nlohmann/json.hpp>

#include "api/event_json.hpp"
#include "base/log.hpp"

namespace custdkim::api {

namespace {

constexpr std::size_t events_at_once = 100;          // what a slow reader costs, some 50 KiB
constexpr std::size_t most_streams_of_a_token = 64;  // a quarter of http::ServerSettings::max_streams
constexpr std::string_view preamble = "retry: 2000\n\n";

// One line, whatever stands in it: JSON writes line breaks as \n.
std::string as_sent(const Event& event) {
    constexpr auto lenient = nlohmann::ordered_json::error_handler_t::replace;
    return "id: " + std::to_string(event.number) +
           "\ndata: " + event_json(event).dump(-1, ' ', false, lenient) + "\n\n";
}

}  // namespace

Result<EventFeed::Page> EventFeed::read(const EventFilter& filter, const std::string& org) {
    const std::lock_guard lock(mutex_);
    // What stands behind an event never changes. More may have come meanwhile: that is the next page.
    if (filter_ && *filter_ == filter && org_ == org) return page_;
    const auto events = store_.events(filter);
    if (!events) return events.error();
    Page page{"", filter.after, events->size() == filter.limit};
    for (const Event& event : *events) {
        if (org.empty() || event.org == org) page.text += as_sent(event);
    }
    if (events->empty()) return page;
    page.last = events->back().number;
    filter_ = filter;
    org_ = org;
    page_ = page;
    return page;
}

// The store has no other way to tell; halving takes it two dozen reads of one event for a million.
Result<std::uint64_t> EventFeed::newest() {
    const std::lock_guard lock(mutex_);
    const auto any_behind = [this](std::uint64_t number) -> Result<bool> {
        const auto events = store_.events({"", number, 1});
        if (!events) return events.error();
        return !events->empty();
    };
    std::uint64_t below = newest_, from = newest_, step = 1;  // the newest is not below `below`
    for (;; step *= 2) {
        const auto more = any_behind(from);
        if (!more) return more.error();
        if (!*more) break;
        below = from + 1;
        from += step;
    }
    while (below < from) {
        const std::uint64_t middle = below + (from - below) / 2;
        const auto more = any_behind(middle);
        if (!more) return more.error();
        if (*more) {
            below = middle + 1;
        } else {
            from = middle;
        }
    }
    newest_ = from;
    return newest_;
}

std::shared_ptr<const void> EventFeed::take_place(const std::string& token) {
    const std::lock_guard lock(counting_);
    std::size_t& count = streams_[token];
    if (!token.empty() && count >= most_streams_of_a_token) return nullptr;
    ++count;
    return {this, [this, token](const void*) {
                const std::lock_guard again(counting_);
                const auto left = streams_.find(token);
                if (--left->second == 0) streams_.erase(left);
            }};
}

std::optional<http::Piece> EventStream::next() {
    if (!reader_.may_read()) return std::nullopt;
    filter_.limit = events_at_once;
    auto page = feed_.read(filter_, reader_.org);
    if (!page) {
        // The reader comes again, with the number of the last event that it saw.
        log_warning("a stream of events ends: the log cannot be read", {{"reason", page.error().detail}});
        return std::nullopt;
    }
    filter_.after = page->last;
    http::Piece piece{begun_ ? std::move(page->text) : std::string(preamble) + page->text, page->full};
    begun_ = true;
    return piece;
}

}  // namespace custdkim::api
