#include "webhooks/courier.hpp"

#include <algorithm>
#include <charconv>

#include "base/log.hpp"

namespace custdkim::webhooks {

namespace {

constexpr std::size_t page_size = 100;  // so many come once more at the most where we were killed
constexpr std::uint64_t most_skipped =
    10000;  // events that nobody wants, between two cursors that are stored
constexpr Duration longest_pause = std::chrono::minutes(10);

// "AFTER SINCE", two numbers.
std::optional<std::pair<std::uint64_t, std::int64_t>> parse_cursor(const Bytes& note) {
    const auto* const begin = reinterpret_cast<const char*>(note.data());
    const auto* const end = begin + note.size();
    std::pair<std::uint64_t, std::int64_t> cursor;
    const auto first = std::from_chars(begin, end, cursor.first);
    if (first.ec != std::errc() || first.ptr == end || *first.ptr != ' ') return std::nullopt;
    const auto second = std::from_chars(first.ptr + 1, end, cursor.second);
    if (second.ec != std::errc() || second.ptr != end) return std::nullopt;
    return cursor;
}

}  // namespace

Duration back_off(unsigned failures, Random& random) {
    const unsigned doublings = std::min(failures > 0 ? failures - 1 : 0, 10U);
    const auto most = std::min<std::int64_t>(std::int64_t{1} << doublings, longest_pause.count());
    const auto least = static_cast<std::uint64_t>(most - most / 2);
    return Duration(least + random.below(static_cast<std::uint64_t>(most / 2) + 1));
}

Courier::Courier(Webhook webhook, Parts parts)
    : webhook_(std::move(webhook)), parts_(std::move(parts)), note_("webhook:" + webhook_.name) {}

Result<void> Courier::open() {
    const auto note = parts_.store.note(note_);
    if (!note) return note.error();
    if (!*note) {
        since_ = parts_.clock.now();
        saved_ = UINT64_MAX;  // the store has nothing yet
        save();
        return {};
    }
    const auto cursor = parse_cursor(**note);
    if (!cursor) {
        return Error{Errc::corrupt, "the cursor of the webhook '" + webhook_.name +
                                        "' in the store is none; give the webhook another name"};
    }
    after_ = saved_ = cursor->first;
    since_ = Timestamp(Duration(cursor->second));
    return {};
}

std::optional<Duration> Courier::work(const std::stop_token& stop) {
    if (retry_ && parts_.clock.read().uptime < *retry_) return retry_;
    retry_.reset();
    while (!stop.stop_requested()) {
        if (page_.empty() && !fill()) break;
        if (page_.empty()) continue;
        const Event& event = page_.front();
        waiting_since_ = event.at;
        if (parts_.clock.now() - event.at > webhook_.keep) {
            ++given_up_;
            log_warning("an event was given up: its webhook did not take it in time",
                        {{"webhook", webhook_.name}, {"event", event.number}, {"action", event.action}});
        } else if (attempt(event, stop) == Attempt::failed) {
            retry_ = parts_.clock.read().uptime + back_off(failures_, parts_.random);
            save();
            return retry_;
        }
        pass(event);
    }
    save();
    return retry_;
}

// False where there is nothing more, or it cannot be read now.
bool Courier::fill() {
    if (has_unsaved_) save();
    EventFilter filter;
    filter.after = after_;
    filter.limit = page_size;
    auto events = parts_.store.events(filter);
    if (!events) {
        log_warning("the audit log cannot be read for a webhook; tried again later",
                    {{"webhook", webhook_.name}, {"reason", events.error().detail}});
        retry_ = parts_.clock.read().uptime + back_off(++failures_, parts_.random);
        return false;
    }
    if (events->empty()) {
        waiting_since_ = nothing_waits;
        return false;
    }
    const std::uint64_t last = events->back().number;
    for (Event& event : *events) {
        if (is_wanted(event)) page_.push_back(std::move(event));
    }
    if (page_.empty()) after_ = last;
    if (after_ - saved_ >= most_skipped) save();
    return true;
}

bool Courier::is_wanted(const Event& event) const {
    return event.at >= since_ && (webhook_.events.empty() || webhook_.events.contains(event.action));
}

Courier::Attempt Courier::attempt(const Event& event, const std::stop_token& stop) {
    const Message message = message_of(event, webhook_.secrets, parts_.clock.now());
    const Stopwatch watch;
    const auto status = parts_.post(webhook_, message, stop);
    took_.add(watch.elapsed());
    if (stop.stop_requested() && !status) return Attempt::failed;
    if (status && *status >= 200 && *status < 300) {
        if (failures_ > 0) log_info("a webhook takes events again", {{"webhook", webhook_.name}});
        failures_ = 0;
        ++delivered_;
        return Attempt::done;
    }
    ++failures_;
    ++failed_;
    tell_of_failure(event, status ? "it answered " + std::to_string(*status) : status.error().detail);
    return Attempt::failed;
}

// The first of a run of failures, and then now and then.
void Courier::tell_of_failure(const Event& event, const std::string& reason) {
    if ((failures_ & (failures_ - 1)) != 0) return;
    log_warning(
        "a webhook did not take an event; it is tried again",
        {{"webhook", webhook_.name}, {"event", event.number}, {"failures", failures_}, {"reason", reason}});
}

// The event is done with.
void Courier::pass(const Event& event) {
    after_ = event.number;
    page_.pop_front();
    has_unsaved_ = true;
}

// A cursor that could not be saved is saved with the next event: until then more of them would come twice.
void Courier::save() {
    if (after_ == saved_) return;
    const std::string text = std::to_string(after_) + " " + std::to_string(since_.time_since_epoch().count());
    const auto saved = parts_.store.set_note(note_, Bytes(text.begin(), text.end()));
    if (saved) {
        saved_ = after_;
        has_unsaved_ = false;
    } else {
        log_warning("the cursor of a webhook could not be stored",
                    {{"webhook", webhook_.name}, {"reason", saved.error().detail}});
    }
}

Courier::Figures Courier::figures() const {
    const Timestamp since = waiting_since_;
    return {delivered_, failed_, given_up_, since == nothing_waits ? std::nullopt : std::optional(since),
            took_.read()};
}

}  // namespace custdkim::webhooks
