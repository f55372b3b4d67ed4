// What must hold of any input: a breach is a finding.
#pragma once

#include <cstdio>
#include <stdexcept>
#include <string>
#include <string_view>

namespace custdkim::test {

inline std::string visible(std::string_view octets) {
    std::string text;
    for (const unsigned char c : octets) {
        char escape[5] = {};
        if (c < ' ' || c > '~') std::snprintf(escape, sizeof escape, "\\x%02x", c);
        text += escape[0] ? std::string(escape) : std::string(1, static_cast<char>(c));
    }
    return text;
}

inline void must(bool holds, const char* what, std::string_view culprit = "") {
    if (!holds) throw std::logic_error(std::string(what) + ": " + visible(culprit));
}

}  // namespace custdkim::test
