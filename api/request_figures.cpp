#include "api/request_figures.hpp"

namespace custdkim::api {

void RequestFigures::count(const RouteName& route, unsigned status, Latency::Nanoseconds took) {
    const std::lock_guard lock(mutex_);
    Entry& entry = entries_[route];
    ++entry.by_status[status];
    entry.took.add(took);
}

std::map<RouteName, RequestFigures::Reading> RequestFigures::read() const {
    std::map<RouteName, Reading> readings;
    const std::lock_guard lock(mutex_);
    for (const auto& [route, entry] : entries_) readings[route] = {entry.by_status, entry.took.read()};
    return readings;
}

}  // namespace custdkim::api
