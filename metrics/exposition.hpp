// What Prometheus scrapes: all figures as text, in its exposition format 0.0.4. prometheus-cpp, confined to
// this room, writes it. Thread-safe.
#pragma once

#include <string>
#include <vector>

#include "metrics/sources.hpp"

namespace custdkim::metrics {

std::string exposition(const Sources& sources);

// Of every metric, as docs/monitoring.md has it.
std::vector<std::string> metric_names();

}  // namespace custdkim::metrics
