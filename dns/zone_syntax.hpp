// What is wrong with a zone file (RFC 1035 section 5) and yet passes through ldns, some of it as other
// records than were meant: an open quote or parenthesis, a NUL, a directive or a $TTL that nobody
// understands. Pure functions.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace custdkim::dns {

struct SyntaxFault {
    int line = 0;
    std::string what;
};

std::optional<SyntaxFault> find_syntax_fault(std::string_view zone_text);

// The line of the entry that starts at or behind `offset`, past blank lines and comments.
int line_of_entry(std::string_view zone_text, std::size_t offset);

}  // namespace custdkim::dns
