#include "milter/mail_text.hpp"

#include <algorithm>

namespace custdkim::milter {

namespace {

// Memory is taken in steps that grow, so that a long message is seldom copied.
constexpr std::size_t first_step = 16384;

std::string with_full_line_ends(std::string_view value) {
    std::string text;
    char before = '\0';
    for (const char c : value) {
        if (c == '\n' && before != '\r') text += '\r';
        text += c;
        before = c;
    }
    return text;
}

}  // namespace

bool MailRoom::take(std::size_t octets) {
    std::size_t left = left_;
    while (left >= octets) {
        if (left_.compare_exchange_weak(left, left - octets)) return true;
    }
    return false;
}

void MailText::add_header(std::string_view name, std::string_view value) {
    add(std::string(name) + ":" + with_full_line_ends(value) + "\r\n");
}

void MailText::add(std::string_view octets) {
    if (state_ != State::complete) return;
    const std::size_t size = text_.size() + octets.size();
    if (size > largest_) return drop(State::too_large);
    if (size > taken_) {
        const std::size_t wanted = std::max({size, first_step, taken_ * 2}) - taken_;
        if (!room_.take(wanted)) return drop(State::no_room);
        taken_ += wanted;
        text_.reserve(taken_);
    }
    text_.append(octets);
}

void MailText::drop(State state) {
    state_ = state;
    std::string().swap(text_);
    room_.give_back(taken_);
    taken_ = 0;
}

}  // namespace custdkim::milter
