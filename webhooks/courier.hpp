// Carries events to one webhook, in the order of the audit log, each until the receiver has said that it has
// it: at least once. The audit log is the queue, and a cursor into it is all that is kept, as a note in the
// store: so nothing is lost by kill -9, and a receiver that was away gets what it missed. Holds a page of
// events at the most. One thread calls work(); the rest is thread-safe.
#pragma once

#include <atomic>
#include <deque>
#include <functional>
#include <optional>
#include <stop_token>

#include "base/clock.hpp"
#include "base/latency.hpp"
#include "base/random.hpp"
#include "keys/store.hpp"
#include "webhooks/message.hpp"
#include "webhooks/webhook.hpp"

namespace custdkim::webhooks {

// How long to wait behind so many failures in a row: doubled each time, up to 10 minutes, and between half of
// that and all of it, so that receivers are not asked by all of us at once.
Duration back_off(unsigned failures, Random& random);

class Courier {
  public:
    // webhooks::post, unless a test says otherwise.
    using Post = std::function<Result<long>(const Webhook&, const Message&, const std::stop_token&)>;

    // All that it works with outlives it.
    struct Parts {
        Store& store;
        const Clock& clock;
        Random& random;
        Post post;
    };
    Courier(Webhook webhook, Parts parts);

    // Reads the cursor. A webhook that is new gets what happens from now on.
    Result<void> open();

    // Delivers what is there, until there is no more or an attempt fails. When to call again, by the uptime
    // of the clock; nothing: when something has happened.
    std::optional<Duration> work(const std::stop_token& stop = {});

    const Webhook& webhook() const { return webhook_; }

    struct Figures {
        std::uint64_t delivered = 0, failed = 0, given_up = 0;  // failed: attempts
        std::optional<Timestamp> waiting_since;  // the event that is tried and was not delivered yet
        Latency::Reading took;                   // attempts
    };
    Figures figures() const;

  private:
    enum class Attempt { done, failed };
    static constexpr Timestamp nothing_waits = Timestamp::max();

    bool fill();
    bool is_wanted(const Event& event) const;
    Attempt attempt(const Event& event, const std::stop_token& stop);
    void tell_of_failure(const Event& event, const std::string& reason);
    void pass(const Event& event);
    void save();

    const Webhook webhook_;
    const Parts parts_;
    const std::string note_;         // the cursor's name in the store
    std::uint64_t after_ = 0;        // Event::number: all up to this one are done with
    std::uint64_t saved_ = 0;        // the same, in the store
    bool has_unsaved_ = false;       // events were delivered since
    Timestamp since_{};              // of older events it was never told
    std::deque<Event> page_;         // read and not done with
    unsigned failures_ = 0;          // in a row
    std::optional<Duration> retry_;  // the uptime at which to try again
    std::atomic<std::uint64_t> delivered_ = 0, failed_ = 0, given_up_ = 0;
    std::atomic<Timestamp> waiting_since_ = nothing_waits;
    Latency took_;
};

}  // namespace custdkim::webhooks
