// What PowerDNS asked for since the start, how it ended and how long it took, over all connections. Counting
// costs a few additions that seldom meet: conversations are spread over stripes. Thread-safe.
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>

#include "base/latency.hpp"

namespace custdkim::backend {

inline constexpr std::size_t max_methods = 63;
// The row of what is in no row of methods(): methods that we do not have, and what was no request at all.
inline constexpr std::size_t other_methods = max_methods;

// `empty` is "there is none": no records, or `false`. PowerDNS makes SERVFAIL of what `failed`.
enum class Ending { answered, empty, failed };
inline constexpr std::size_t ending_count = 3;

class Counters {
  public:
    // A conversation counts in one of these. How long a request took is our part, without the socket.
    class alignas(64) Stripe {
      public:
        void count(std::size_t row, Ending ending, Latency::Nanoseconds took) {
            rows_[row].ended[static_cast<std::size_t>(ending)].fetch_add(1, std::memory_order_relaxed);
            rows_[row].took.add(took);
        }

      private:
        friend class Counters;
        struct Cells {
            std::array<std::atomic<std::uint64_t>, ending_count> ended{};
            Latency took;
        };
        std::array<Cells, max_methods + 1> rows_;
    };
    Stripe& next_stripe() { return stripes_[next_++ % stripes_.size()]; }

    struct Row {
        std::array<std::uint64_t, ending_count> ended{};
        Latency::Reading took;

        std::uint64_t with(Ending ending) const { return ended[static_cast<std::size_t>(ending)]; }
        std::uint64_t asked() const { return took.count(); }
    };
    // `row` is one of methods(), or other_methods.
    Row read(std::size_t row) const;
    Row total() const;

    std::atomic<std::uint64_t> conversations = 0;  // under way: connections, over HTTP requests
    std::atomic<std::uint64_t> refused = 0;        // connections: too many were open

  private:
    std::atomic<std::size_t> next_ = 0;
    std::array<Stripe, 8> stripes_;
};

}  // namespace custdkim::backend
