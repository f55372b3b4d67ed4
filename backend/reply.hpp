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

    // What is added now has private keys in it, in this many octets: they are wiped by clear().
    void hold_secrets(std::size_t size);
    // Whoever has written `text` out clears it this way.
    void clear();

    // Called between two batches of a long list. A connector may send `text` and clear it.
    virtual void spill() {}

  private:
    bool holds_secrets_ = false;
};

// A JSON string with its quotes. Octets that are not UTF-8 are passed on as they are: all that we send has
// been through ldns or is ASCII.
void append_json_string(std::string& out, std::string_view text);
void append_number(std::string& out, std::int64_t number);

// "log":["custdkim: ..."], for PowerDNS's log.
void append_log(Reply& reply, std::string_view sentence);

}  // namespace custdkim::backend
