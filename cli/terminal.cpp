#include "cli/terminal.hpp"

#include <sys/ioctl.h>
#include <unistd.h>

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <iostream>

namespace custdkim::cli {

std::optional<std::size_t> output_width() {
    winsize size{};
    if (::isatty(STDOUT_FILENO) == 0 || ::ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_col == 0) {
        return std::nullopt;
    }
    return size.ws_col;
}

bool output_has_colour() {
    const char* const kind = std::getenv("TERM");
    const char* const forbidden = std::getenv("NO_COLOR");
    if (forbidden && *forbidden != '\0') return false;
    return ::isatty(STDOUT_FILENO) != 0 && kind && std::string_view(kind) != "dumb";
}

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
