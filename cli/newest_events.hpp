// The newest events of a log that is read from its beginning only: their numbers rise, so that the end is
// found by halving, in some fifty questions however long the log. Pure, but for what it reads.
#pragma once

#include <cstdint>
#include <functional>
#include <nlohmann/json.hpp>
#include <optional>

namespace custdkim::cli {

// Events behind `after`, oldest first: all, or so many at the most. Nothing where they cannot be read.
using ReadEvents =
    std::function<std::optional<nlohmann::ordered_json>(std::uint64_t after, std::size_t most)>;

// The newest `count` of those behind `after`, oldest first.
std::optional<nlohmann::ordered_json> newest_events(const ReadEvents& read, std::uint64_t after,
                                                    std::size_t count);

}  // namespace custdkim::cli
