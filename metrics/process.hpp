// What the kernel knows of this process, under the names that Prometheus' client libraries use. Of /proc,
// which proc(5) describes.
#pragma once

#include <cstdint>

namespace custdkim::metrics {

struct ProcessFigures {
    double cpu_seconds = 0;
    double started = 0;  // seconds since 1970
    std::uint64_t resident_octets = 0, virtual_octets = 0;
    std::uint64_t threads = 0;
    std::uint64_t open_descriptors = 0, most_descriptors = 0;
};

// What cannot be read is 0.
ProcessFigures read_process();

}  // namespace custdkim::metrics
