// The audit log as it grows: server-sent events (WHATWG HTML section 9.2), each with its number as `id`, so
// that a reader who was cut off goes on without a gap.
#pragma once

#include <functional>
#include <map>
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

    // A place for one more stream of this token (Caller::token), until the last copy is gone, which the feed
    // outlives; nullptr where it has its share. So no organisation takes all places that there are.
    std::shared_ptr<const void> take_place(const std::string& token);

  private:
    Store& store_;
    std::mutex counting_;
    std::map<std::string, std::size_t> streams_;  // of a token: how many
    std::mutex mutex_;
    std::optional<EventFilter> filter_;  // what the page below is the answer to; it is not empty
    std::string org_;                    // likewise
    Page page_;
    std::uint64_t newest_ = 0;  // when it was asked for last
};

// Who reads a stream, for as long as it lasts.
struct EventReader {
    std::string org = {};                                  // of which all events are; "": of all
    std::function<bool()> may_read = [] { return true; };  // a token may be revoked meanwhile, or expire
    std::shared_ptr<const void> place = {};                // EventFeed::take_place()
};

class EventStream final : public http::Stream {
  public:
    // The feed outlives the stream, and so does what `may_read` refers to. From the event behind
    // `filter.after` on.
    EventStream(EventFeed& feed, EventFilter filter, EventReader reader = {})
        : feed_(feed), filter_(std::move(filter)), reader_(std::move(reader)) {}

    std::optional<http::Piece> next() override;
    std::string heartbeat() const override { return ":\n\n"; }

  private:
    EventFeed& feed_;
    EventFilter filter_;
    const EventReader reader_;
    bool begun_ = false;
};

}  // namespace custdkim::api
