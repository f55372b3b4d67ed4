#include "base/latency.hpp"

#include <numeric>

namespace custdkim {

std::uint64_t Latency::Reading::count() const {
    return std::accumulate(buckets.begin(), buckets.end(), std::uint64_t{0});
}

Latency::Reading& Latency::Reading::operator+=(const Reading& other) {
    for (std::size_t i = 0; i < buckets.size(); ++i) buckets[i] += other.buckets[i];
    sum += other.sum;
    return *this;
}

Latency::Reading Latency::read() const {
    Reading reading;
    for (std::size_t i = 0; i < buckets_.size(); ++i)
        reading.buckets[i] = buckets_[i].load(std::memory_order_relaxed);
    reading.sum = Nanoseconds(sum_.load(std::memory_order_relaxed));
    return reading;
}

}  // namespace custdkim
