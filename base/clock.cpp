#include "base/clock.hpp"

#include <time.h>

#include <fstream>

namespace custdkim {

Timestamp SystemClock::now() const {
    return std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
}

ClockReading SystemClock::read() const {
    timespec uptime{};
    ::clock_gettime(CLOCK_BOOTTIME, &uptime);
    static const std::string boot = [] {
        std::string id;
        std::ifstream("/proc/sys/kernel/random/boot_id") >> id;
        return id;
    }();
    return {now(), Duration(uptime.tv_sec), boot};
}

}  // namespace custdkim
