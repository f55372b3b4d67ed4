// The last few look-ups of one connection, word for word, and what was answered. For every question PowerDNS
// asks for the zone's SOA, and twice for the name itself: half of its requests are repetitions. An answer is
// good as long as the zones have not changed since. Not thread-safe: one for each conversation.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

namespace custdkim::backend {

class AnswerMemo {
  public:
    // The reply to this very request under this generation of the zones, or nothing.
    const std::string* find(std::string_view request, std::uint64_t generation);

    // Takes the place of the entry that was used least lately. Long ones are not kept.
    void keep(std::string_view request, std::string_view reply, std::uint64_t generation);

  private:
    struct Entry {
        std::string request, reply;
        std::uint64_t generation = 0;
        std::uint64_t used = 0;
    };
    std::array<Entry, 4> entries_;
    std::uint64_t uses_ = 0;
};

}  // namespace custdkim::backend
