// A message that comes in pieces, as libmilter hands them out, put together as it will be delivered.
#pragma once

#include <atomic>
#include <string>
#include <string_view>

namespace custdkim::milter {

// How much memory all messages together may take. Thread-safe.
class MailRoom {
  public:
    explicit MailRoom(std::size_t octets) : left_(octets) {}

    bool take(std::size_t octets);
    void give_back(std::size_t octets) { left_ += octets; }

  private:
    std::atomic<std::size_t> left_;
};

// For one thread at a time. What does not fit any more is dropped, with all that came before.
class MailText {
  public:
    enum class State { complete, too_large, no_room };

    MailText(std::size_t largest, MailRoom& room) : largest_(largest), room_(room) {}
    ~MailText() { room_.give_back(taken_); }
    MailText(const MailText&) = delete;
    MailText& operator=(const MailText&) = delete;

    // `value` begins behind the colon; its lines end with CRLF or with LF alone.
    void add_header(std::string_view name, std::string_view value);
    void end_header() { add("\r\n"); }
    void add_body(std::string_view octets) { add(octets); }

    State state() const { return state_; }
    std::string_view text() const { return text_; }

  private:
    void add(std::string_view octets);
    void drop(State state);

    const std::size_t largest_;
    MailRoom& room_;
    std::string text_;
    std::size_t taken_ = 0;  // of the room
    State state_ = State::complete;
};

}  // namespace custdkim::milter
