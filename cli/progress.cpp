#include "cli/progress.hpp"

#include <unistd.h>

#include <cstdint>
#include <cstdio>
#include <iostream>

namespace custdkim::cli {

Progress::Progress() : is_shown_(::isatty(STDERR_FILENO) != 0) {}

Progress::~Progress() { clear(); }

void Progress::show(std::string_view text) {
    if (!is_shown_ || text == shown_) return;
    shown_ = text;
    std::cerr << "\r\033[K" << text << std::flush;
}

void Progress::clear() {
    if (shown_.empty()) return;
    shown_.clear();
    std::cerr << "\r\033[K" << std::flush;
}

std::string size_text(std::uint64_t octets) {
    constexpr const char* units[] = {"bytes", "kB", "MB", "GB", "TB"};
    auto size = static_cast<double>(octets);
    std::size_t unit = 0;
    for (; size >= 999.95 && unit < 4; ++unit) size /= 1000;
    char text[32];
    std::snprintf(text, sizeof text, unit == 0 ? "%.0f %s" : "%.1f %s", size, units[unit]);
    return text;
}

}  // namespace custdkim::cli
