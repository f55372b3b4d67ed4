// How often each method was asked for, over all connections and since the start. Thread-safe.
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>

namespace custdkim::backend {

inline constexpr std::size_t max_methods = 64;

// A row of methods() each; look-ups are handed in by each connection in lots of up to 64. What was answered
// with an error counts in `failed`, too.
struct Counters {
    std::array<std::atomic<std::uint64_t>, max_methods> asked{};
    std::atomic<std::uint64_t> failed = 0;
    std::atomic<std::uint64_t> unknown = 0;        // methods that we do not have
    std::atomic<std::uint64_t> conversations = 0;  // under way: connections of PowerDNS
};

}  // namespace custdkim::backend
