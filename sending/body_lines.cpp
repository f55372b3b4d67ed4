#include "sending/body_lines.hpp"

#include "sending/mail_line.hpp"

namespace custdkim {

namespace {

constexpr std::size_t most_waiting = 64 << 10;

}  // namespace

Result<void> BodyLines::take(std::string_view octets, const Sink& sink) {
    while (!octets.empty()) {
        const std::size_t end = octets.find('\n');
        const std::string_view piece = octets.substr(0, end);
        const bool ends_line = end != octets.npos;
        octets.remove_prefix(ends_line ? end + 1 : octets.size());
        if (auto taken = take_piece(piece, ends_line, sink); !taken) return taken;
    }
    return {};
}

// A line, or the part of one that is there.
Result<void> BodyLines::take_piece(std::string_view piece, bool ends_line, const Sink& sink) {
    if (after_carriage_return_ && !piece.empty()) return lone_carriage_return(line_);
    if (!piece.empty()) within_line_ = true;
    if (piece.ends_with('\r')) {
        after_carriage_return_ = true;
        piece.remove_suffix(1);
    }
    if (auto checked = check_line(piece, line_); !checked) return checked;
    if (auto done = put(piece, sink); !done) return done;
    if (!ends_line) return {};
    within_line_ = after_carriage_return_ = false;
    ++line_;
    return put("\r\n", sink);
}

Result<void> BodyLines::finish(const Sink& sink) {
    if (after_carriage_return_) return lone_carriage_return(line_);
    if (within_line_) {
        if (auto done = put("\r\n", sink); !done) return done;
    }
    return flush(sink);
}

Result<void> BodyLines::put(std::string_view octets, const Sink& sink) {
    if (waiting_.size() + octets.size() > most_waiting) {
        if (auto done = flush(sink); !done) return done;
    }
    if (octets.size() > most_waiting) return sink(octets);
    waiting_.append(octets);
    return {};
}

Result<void> BodyLines::flush(const Sink& sink) {
    if (waiting_.empty()) return {};
    const auto done = sink(waiting_);
    waiting_.clear();
    return done;
}

}  // namespace custdkim
