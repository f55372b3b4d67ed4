// What must hold of any input: a breach is a finding.
#pragma once

#include <stdexcept>
#include <string>
#include <string_view>

namespace custdkim::test {

inline void must(bool holds, const char* what, std::string_view culprit = "") {
    if (!holds) throw std::logic_error(std::string(what) + ": " + std::string(culprit));
}

}  // namespace custdkim::test
