// Spreads keys evenly over a span of time, each always at the same place: a hash of its id (FNV-1a) will do.
// Pure function.
#pragma once

#include <cstdint>
#include <string_view>

#include "base/time.hpp"

namespace custdkim {

// From 0 up to and including `most`, which is not negative. Another `salt` is another place.
inline Duration spread(std::string_view key_id, std::uint64_t salt, Duration most) {
    std::uint64_t hash = 14695981039346656037ULL;
    const auto mix = [&hash](std::uint64_t value) { hash = (hash ^ value) * 1099511628211ULL; };
    for (const char character : key_id) mix(static_cast<unsigned char>(character));
    mix(salt);
    return Duration(
        static_cast<Duration::rep>((hash >> 11) % (static_cast<std::uint64_t>(most.count()) + 1)));
}

}  // namespace custdkim
