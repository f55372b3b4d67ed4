// A reply under way: JSON text that grows, and that a connector may write out early when it gets long.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace custdkim::backend {

class Reply {
  public:
    virtual ~Reply() = default;

    std::string text;

    // Called between two batches of a long list. A connector may send `text` and clear it.
    virtual void spill() {}
};

// A JSON string with its quotes. Octets that are not UTF-8 are passed on as they are: all that we send has
// been through ldns or is ASCII.
void append_json_string(std::string& out, std::string_view text);
void append_number(std::string& out, std::int64_t number);

}  // namespace custdkim::backend
