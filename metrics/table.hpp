// The metrics, one row each: a name, what it means, and how its samples are had from a snapshot. Private to
// metrics/.
#pragma once

#include <prometheus/metric_family.h>

#include <initializer_list>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "metrics/process.hpp"
#include "metrics/sources.hpp"

namespace custdkim::metrics {

// Read once for a scrape, so that its figures belong together.
struct Snapshot {
    explicit Snapshot(const Sources& s);

    const Sources& sources;
    const Timestamp now;
    const KeyCensus::Figures keys;
    const RotationFigures rotation;
    const std::map<api::RouteName, api::RequestFigures::Reading> api;
    const std::vector<webhooks::Couriers::Named> webhooks;
    const ProcessFigures process;

    double seconds_since(const std::optional<Timestamp>& moment) const;  // 0 without one
};

class Samples {
  public:
    explicit Samples(prometheus::MetricType type) : type_(type) {}

    using Labels = std::initializer_list<std::pair<const char*, std::string_view>>;
    void add(double value, Labels labels = {});
    void add(std::uint64_t value, Labels labels = {}) { add(static_cast<double>(value), labels); }
    void add(const Latency::Reading& reading, Labels labels = {});

    std::vector<prometheus::ClientMetric> take() { return std::move(metrics_); }

  private:
    prometheus::ClientMetric& next(Labels labels);

    const prometheus::MetricType type_;
    std::vector<prometheus::ClientMetric> metrics_;
};

struct Row {
    std::string_view name;
    prometheus::MetricType type;
    std::string_view help;
    void (*collect)(const Snapshot& snapshot, Samples& samples);
};

std::span<const Row> table();

}  // namespace custdkim::metrics
