// The audit log as it grows: server-sent events (WHATWG HTML section 9.2), each with its number as `id`, so
// that a reader who was cut off goes on without a gap.
#pragma once

#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "http/stream.hpp"
#include "keys/store.hpp"

namespace custdkim::api {

// Reads the log for all streams together: of those that wait for the next event, one asks the store.
// Thread-safe.
class EventFeed {
  public:
    // The store outlives the feed.
    explicit EventFeed(Store& store) : store_(store) {}

    struct Page {
        std::string text;        // as it is sent
        std::uint64_t last = 0;  // Event::number of the last one; that asked for where there was none
        bool full = false;       // there may be more behind it
    };
    // Of this organisation only, where one is named; what is left out counts in `last` and `full`.
    Result<Page> read(const EventFilter& filter, const std::string& org);

    // Event::number of the newest one; 0 where there is none.
    Result<std::uint64_t> newest();

  private:
    Store& store_;
    std::mutex mutex_;
    std::optional<EventFilter> filter_;  // what the page below is the answer to; it is not empty
    std::string org_;                    // likewise
    Page page_;
    std::uint64_t newest_ = 0;  // when it was asked for last
};

class EventStream final : public http::Stream {
  public:
    // The feed outlives the stream. From the event behind `filter.after` on; of one organisation, where the
    // reader is bound to it.
    EventStream(EventFeed& feed, EventFilter filter, std::string org = {})
        : feed_(feed), filter_(std::move(filter)), org_(std::move(org)) {}

    std::optional<http::Piece> next() override;
    std::string heartbeat() const override { return ":\n\n"; }

  private:
    EventFeed& feed_;
    EventFilter filter_;
    const std::string org_;
    bool begun_ = false;
};

}  // namespace custdkim::api
