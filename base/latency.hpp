// How long something took, counted in buckets. Made for paths that are taken a hundred thousand times a
// second: two additions, no lock. Thread-safe; who reads while others add may see one of the two additions
// only.
#pragma once

#include <array>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>

namespace custdkim {

class Latency {
  public:
    using Nanoseconds = std::chrono::nanoseconds;

    // What takes exactly as long as a bound belongs to it. The last bucket, behind them all, has no bound.
    static constexpr std::array<Nanoseconds, 14> bounds = {
        std::chrono::microseconds(1),   std::chrono::nanoseconds(2500), std::chrono::microseconds(5),
        std::chrono::microseconds(10),  std::chrono::microseconds(50),  std::chrono::microseconds(250),
        std::chrono::milliseconds(1),   std::chrono::milliseconds(5),   std::chrono::milliseconds(25),
        std::chrono::milliseconds(100), std::chrono::milliseconds(500), std::chrono::milliseconds(2500),
        std::chrono::seconds(10),       std::chrono::seconds(60),
    };

    struct Reading {
        std::array<std::uint64_t, bounds.size() + 1> buckets{};  // each for itself, not added up
        Nanoseconds sum{};

        std::uint64_t count() const;
        Reading& operator+=(const Reading& other);
    };

    void add(Nanoseconds took) {
        std::size_t bucket = 0;
        while (bucket < bounds.size() && took > bounds[bucket]) ++bucket;
        buckets_[bucket].fetch_add(1, std::memory_order_relaxed);
        sum_.fetch_add(static_cast<std::uint64_t>(took.count()), std::memory_order_relaxed);
    }

    Reading read() const;

  private:
    std::array<std::atomic<std::uint64_t>, bounds.size() + 1> buckets_{};
    std::atomic<std::uint64_t> sum_ = 0;  // nanoseconds: enough for 584 years
};

// Counts from here on, by a clock that nobody sets.
class Stopwatch {
  public:
    Latency::Nanoseconds elapsed() const { return std::chrono::steady_clock::now() - start_; }

  private:
    std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
};

}  // namespace custdkim
