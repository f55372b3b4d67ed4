// Zone files (RFC 1035 section 5.1) cut into entries of words: comments are gone, parentheses have joined
// their lines. Quotes and escapes stay as they are written, for those who know the type. Not thread-safe.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "base/result.hpp"

namespace custdkim::dns {

struct ZoneEntryWords {
    int line = 0;              // of the first word, from 1
    bool is_indented = false;  // the owner is left out
    std::vector<std::string_view> words;
};

class ZoneLexer {
  public:
    explicit ZoneLexer(std::string_view text) : text_(text) {}

    // The next entry that has words; nothing at the end. Refuses open quotes and parentheses, and NULs; then
    // line() is the one to blame.
    Result<std::optional<ZoneEntryWords>> next();

    int line() const { return line_; }

  private:
    Result<std::string_view> take_word();
    void skip_comment();

    const std::string_view text_;
    std::size_t at_ = 0;
    int line_ = 1;
};

}  // namespace custdkim::dns
