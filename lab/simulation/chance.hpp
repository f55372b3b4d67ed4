// Chance in a simulated world: a small fast generator (SplitMix64), one stream for each purpose, so that to
// leave out one fault does not change what happens by chance elsewhere. The same seed, the same world.
// Not thread-safe.
#pragma once

#include <cmath>
#include <cstdint>

#include "base/time.hpp"

namespace custdkim::lab {

class Chance {
  public:
    explicit Chance(std::uint64_t seed) : state_(seed) {}
    // The stream of this purpose, and of whoever it is for.
    Chance(std::uint64_t seed, std::uint64_t purpose, std::uint64_t subject = 0)
        : state_(scramble(seed ^ scramble(purpose ^ scramble(subject + 1)))) {}

    std::uint64_t next() { return scramble(state_ += 0x9e3779b97f4a7c15ULL); }
    std::uint64_t below(std::uint64_t bound) { return next() % bound; }
    double unit() { return static_cast<double>(next() >> 11) * 0x1.0p-53; }
    bool happens(double probability) { return unit() < probability; }

    Duration between(Duration least, Duration most) {
        return most <= least ? least : least + seconds(unit() * static_cast<double>((most - least).count()));
    }
    // As many short ones as long ones, whatever the scale: what real trouble looks like.
    Duration log_between(Duration least, Duration most) {
        const double low = std::log(static_cast<double>(least.count()));
        const double high = std::log(static_cast<double>(most.count()));
        return seconds(std::exp(low + unit() * (high - low)));
    }
    Duration exponential(double mean_seconds) { return seconds(-std::log(1 - unit()) * mean_seconds); }

  private:
    static std::uint64_t scramble(std::uint64_t z) {
        z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ULL;
        z = (z ^ (z >> 27)) * 0x94d049bb133111ebULL;
        return z ^ (z >> 31);
    }
    static Duration seconds(double value) { return Duration(static_cast<Duration::rep>(value)); }

    std::uint64_t state_;
};

}  // namespace custdkim::lab
