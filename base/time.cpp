#include "base/time.hpp"

#include <charconv>
#include <cstdio>

namespace custdkim {

using namespace std::chrono;

std::string format_rfc3339(Timestamp time) {
    const auto day = floor<days>(time);
    const year_month_day date{day};
    const hh_mm_ss clock{time - day};
    char text[48];
    std::snprintf(text, sizeof text, "%04d-%02u-%02uT%02ld:%02ld:%02ldZ", int(date.year()),
                  unsigned(date.month()), unsigned(date.day()), long(clock.hours().count()),
                  long(clock.minutes().count()), long(clock.seconds().count()));
    return text;
}

std::string format_duration(Duration duration) {
    const auto seconds = duration.count();
    for (const auto& [unit, letter] : {std::pair{86400, 'd'}, {3600, 'h'}, {60, 'm'}}) {
        if (seconds != 0 && seconds % unit == 0) return std::to_string(seconds / unit) + letter;
    }
    return std::to_string(seconds) + 's';
}

Result<Duration> parse_duration(std::string_view text) {
    const auto complaint = [&] {
        return invalid("'" + std::string(text) + "' is not a duration; write it like 25d, 36h, 15m or 30s");
    };
    if (text.size() < 2 || text.front() == '-') return complaint();
    long seconds = 0;
    switch (text.back()) {
        case 'd': seconds = 86400; break;
        case 'h': seconds = 3600; break;
        case 'm': seconds = 60; break;
        case 's': seconds = 1; break;
        default: return complaint();
    }
    long count = 0;
    const char* const end = text.data() + text.size() - 1;
    const auto [stop, error] = std::from_chars(text.data(), end, count);
    if (error != std::errc() || stop != end) return complaint();
    constexpr long century = 100L * 366 * 86400;
    if (count > century / seconds) return invalid("'" + std::string(text) + "' is longer than 100 years");
    return Duration(count * seconds);
}

}  // namespace custdkim
