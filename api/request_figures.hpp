// What was asked of the API since the start: by route, how it was answered and how long it took. Thread-safe.
#pragma once

#include <cstdint>
#include <map>
#include <mutex>
#include <string_view>

#include "base/latency.hpp"

namespace custdkim::api {

// As in the table of routes, whose strings last; empty where a path or method has none.
struct RouteName {
    std::string_view method, path;
    auto operator<=>(const RouteName&) const = default;
};

class RequestFigures {
  public:
    void count(const RouteName& route, unsigned status, Latency::Nanoseconds took);

    struct Reading {
        std::map<unsigned, std::uint64_t> by_status;
        Latency::Reading took;
    };
    std::map<RouteName, Reading> read() const;

  private:
    struct Entry {
        std::map<unsigned, std::uint64_t> by_status;
        Latency took;
    };
    mutable std::mutex mutex_;
    std::map<RouteName, Entry> entries_;
};

}  // namespace custdkim::api
