#include "cli/event_stream.hpp"

#include <utility>

namespace custdkim::cli {

namespace {

constexpr std::size_t longest = 1 << 20;

}  // namespace

std::vector<EventStream::Message> EventStream::take(std::string_view octets) {
    std::vector<Message> whole;
    for (const char c : octets) {
        if (c != '\n') {
            line_ += c;
            continue;
        }
        if (!line_.empty() && line_.back() == '\r') line_.pop_back();
        take_line(line_, whole);
        line_.clear();
    }
    is_too_long_ = is_too_long_ || line_.size() > longest || message_.data.size() > longest;
    return whole;
}

void EventStream::take_line(std::string_view line, std::vector<Message>& whole) {
    if (line.empty()) {
        if (has_data_) whole.push_back(std::exchange(message_, {message_.id, "", ""}));
        message_.type.clear();
        has_data_ = false;
        return;
    }
    const std::size_t colon = line.find(':');
    const std::string_view field = line.substr(0, colon);
    std::string_view value = colon == line.npos ? std::string_view() : line.substr(colon + 1);
    if (value.starts_with(' ')) value.remove_prefix(1);
    if (field == "id") message_.id = value;
    if (field == "event") message_.type = value;
    if (field != "data") return;
    if (has_data_) message_.data += '\n';
    message_.data += value;
    has_data_ = true;
}

}  // namespace custdkim::cli
