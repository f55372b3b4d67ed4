// Server-sent events, as the HTML standard has them (section 9.2): octets in, whole messages out. Not
// thread-safe.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace custdkim::cli {

class EventStream {
  public:
    struct Message {
        std::string id, type, data;  // type "" is the usual one
    };

    // What has become whole. Comments and fields that nobody asked for are skipped.
    std::vector<Message> take(std::string_view octets);

    // A line or a message was longer than any of ours is: whoever is there is not custdkim.
    bool is_too_long() const { return is_too_long_; }

  private:
    void take_line(std::string_view line, std::vector<Message>& whole);

    std::string line_;
    Message message_;
    bool has_data_ = false, is_too_long_ = false;
};

}  // namespace custdkim::cli
