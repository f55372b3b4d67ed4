#include "metrics/exposition.hpp"

#include <prometheus/text_serializer.h>

#include <limits>

#include "metrics/table.hpp"

namespace custdkim::metrics {

namespace {

double seconds(Latency::Nanoseconds duration) { return std::chrono::duration<double>(duration).count(); }

}  // namespace

Snapshot::Snapshot(const Sources& s)
    : sources(s),
      now(s.clock.now()),
      keys(s.keys.figures(now)),
      rotation(s.rotator.figures()),
      api(s.api.read()),
      webhooks(s.webhooks.figures()),
      process(read_process()) {}

// Never negative: a clock may have stepped back.
double Snapshot::seconds_since(const std::optional<Timestamp>& moment) const {
    return moment && *moment < now ? static_cast<double>((now - *moment).count()) : 0;
}

prometheus::ClientMetric& Samples::next(Labels labels) {
    prometheus::ClientMetric& metric = metrics_.emplace_back();
    for (const auto& [name, value] : labels) metric.label.push_back({name, std::string(value)});
    return metric;
}

void Samples::add(double value, Labels labels) {
    prometheus::ClientMetric& metric = next(labels);
    (type_ == prometheus::MetricType::Counter ? metric.counter.value : metric.gauge.value) = value;
}

void Samples::add(const Latency::Reading& reading, Labels labels) {
    auto& histogram = next(labels).histogram;
    for (std::size_t i = 0; i < reading.buckets.size(); ++i) {
        histogram.sample_count += reading.buckets[i];
        const bool has_bound = i < Latency::bounds.size();
        histogram.bucket.push_back({histogram.sample_count, has_bound
                                                                ? seconds(Latency::bounds[i])
                                                                : std::numeric_limits<double>::infinity()});
    }
    histogram.sample_sum = seconds(reading.sum);
}

std::string exposition(const Sources& sources) {
    const Snapshot snapshot(sources);
    std::vector<prometheus::MetricFamily> families;
    for (const Row& row : table()) {
        Samples samples(row.type);
        row.collect(snapshot, samples);
        families.push_back({std::string(row.name), std::string(row.help), row.type, samples.take()});
    }
    return prometheus::TextSerializer().Serialize(families);
}

std::vector<std::string> metric_names() {
    std::vector<std::string> names;
    for (const Row& row : table()) names.emplace_back(row.name);
    return names;
}

}  // namespace custdkim::metrics
