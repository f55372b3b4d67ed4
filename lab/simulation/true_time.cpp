#include "lab/simulation/true_time.hpp"

#include <cstdio>

namespace custdkim::lab {

std::string show_true_time(TrueTime time) {
    const long seconds = static_cast<long>(time.count());
    char text[64];
    std::snprintf(text, sizeof text, "day %ld %02ld:%02ld:%02ld", seconds / 86400, seconds / 3600 % 24,
                  seconds / 60 % 60, seconds % 60);
    return text;
}

std::string show_length(Duration length) {
    const double seconds = static_cast<double>(length.count());
    const double size = seconds < 0 ? -seconds : seconds;
    char text[64];
    if (size >= 86400) {
        std::snprintf(text, sizeof text, "%.1f d", seconds / 86400);
    } else if (size >= 3600) {
        std::snprintf(text, sizeof text, "%.1f h", seconds / 3600);
    } else if (size >= 60) {
        std::snprintf(text, sizeof text, "%.1f min", seconds / 60);
    } else {
        std::snprintf(text, sizeof text, "%.0f s", seconds);
    }
    return text;
}

}  // namespace custdkim::lab
