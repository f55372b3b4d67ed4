// Letters of ASCII without regard to case, whatever the locale says: what DNS (RFC 4343), mail (RFC 5322
// section 1.2.2) and HTTP (RFC 9110 section 5.1) mean by "case-insensitive". Other octets are left as they
// are.
#pragma once

#include <algorithm>
#include <string>
#include <string_view>

namespace custdkim {

constexpr char to_lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

inline std::string to_lower(std::string text) {
    for (char& c : text) c = to_lower(c);
    return text;
}

constexpr bool equal_in_any_case(std::string_view a, std::string_view b) {
    return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                      [](char x, char y) { return to_lower(x) == to_lower(y); });
}

}  // namespace custdkim
