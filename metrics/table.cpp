#include "metrics/table.hpp"

#include <array>

#include "backend/methods.hpp"
#include "base/log.hpp"
#include "keys/rotation.hpp"

namespace custdkim::metrics {

namespace {

using prometheus::MetricType;

// Calls visit(name, row) for every method that was asked for, and for the rest of what came.
template <typename Visit>
void each_method(const Snapshot& s, Visit visit) {
    const auto methods = backend::methods();
    for (std::size_t row = 0; row < methods.size(); ++row) {
        visit(methods[row].name, s.sources.backend.read(row));
    }
    visit(std::string_view("other"), s.sources.backend.read(backend::other_methods));
}

void backend_requests(const Snapshot& s, Samples& samples) {
    each_method(s, [&](std::string_view method, const backend::Counters::Row& row) {
        samples.add(row.with(backend::Ending::answered), {{"method", method}, {"outcome", "answered"}});
        samples.add(row.with(backend::Ending::empty), {{"method", method}, {"outcome", "empty"}});
        samples.add(row.with(backend::Ending::failed), {{"method", method}, {"outcome", "failed"}});
    });
}

void backend_durations(const Snapshot& s, Samples& samples) {
    each_method(s, [&](std::string_view method, const backend::Counters::Row& row) {
        if (row.asked() > 0 || method == "lookup") samples.add(row.took, {{"method", method}});
    });
}

void keys(const Snapshot& s, Samples& samples) {
    for (std::size_t i = 0; i < key_condition_count; ++i) {
        samples.add(s.keys.keys[i], {{"status", to_string(static_cast<KeyCondition>(i))}});
    }
}

void findings(const Snapshot& s, Samples& samples) {
    for (const auto& [look, count] : s.keys.slots) {
        const std::string_view cause = look.cause.empty() ? "none" : std::string_view(look.cause);
        samples.add(count, {{"outcome", to_string(look.outcome)}, {"cause", cause}});
    }
}

// A zone in which nothing waits has no entry in the census.
KeyCensus::Waiting waiting_in(const Snapshot& s, const KeyZone& zone) {
    const auto found = s.keys.invisible.find(zone.name());
    return found == s.keys.invisible.end() ? KeyCensus::Waiting() : found->second;
}

void invisible_pairs(const Snapshot& s, Samples& samples) {
    for (const auto& zone : s.sources.zones.key_zones()) {
        samples.add(waiting_in(s, *zone).count, {{"zone", zone->name().text()}});
    }
}

void visibility_lag(const Snapshot& s, Samples& samples) {
    for (const auto& zone : s.sources.zones.key_zones()) {
        samples.add(s.seconds_since(waiting_in(s, *zone).oldest), {{"zone", zone->name().text()}});
    }
}

void rotation_steps(const Snapshot& s, Samples& samples) {
    for (std::size_t i = 0; i < action_count; ++i) {
        samples.add(s.rotation.made[i], {{"action", to_string(static_cast<Action>(i))}});
    }
}

void rotation_due(const Snapshot& s, Samples& samples) {
    const RotationFigures& figures = s.rotation;
    for (const auto& [waits_for, count] : {std::pair{"its-turn", figures.due},
                                           {"a-pair", figures.waiting_for_pair},
                                           {"a-look", figures.waiting_for_look},
                                           {"an-answer", figures.looks_under_way}}) {
        samples.add(static_cast<std::uint64_t>(count), {{"waits_for", waits_for}});
    }
}

void looks(const Snapshot& s, Samples& samples) {
    for (std::size_t i = 0; i < outcome_count; ++i) {
        const auto outcome = static_cast<Outcome>(i);
        samples.add(s.sources.looks.found(outcome), {{"outcome", to_string(outcome)}});
    }
}

void store_durations(const Snapshot& s, Samples& samples) {
    for (std::size_t i = 0; i < store_work_count; ++i) {
        const auto work = static_cast<StoreWork>(i);
        samples.add(s.sources.store.took(work), {{"operation", to_string(work)}});
    }
}

void store_errors(const Snapshot& s, Samples& samples) {
    for (std::size_t i = 0; i < errc_count; ++i) {
        const auto code = static_cast<Errc>(i);
        samples.add(s.sources.store.failed(code), {{"error", to_string(code)}});
    }
}

// What fits no route is counted under one name: paths are a stranger's to choose.
std::string_view or_none(std::string_view text) { return text.empty() ? "none" : text; }

void api_requests(const Snapshot& s, Samples& samples) {
    for (const auto& [route, reading] : s.api) {
        for (const auto& [status, count] : reading.by_status) {
            samples.add(count, {{"method", or_none(route.method)},
                                {"route", or_none(route.path)},
                                {"status", std::to_string(status)}});
        }
    }
}

void api_durations(const Snapshot& s, Samples& samples) {
    for (const auto& [route, reading] : s.api) {
        samples.add(reading.took, {{"method", or_none(route.method)}, {"route", or_none(route.path)}});
    }
}

void webhook_deliveries(const Snapshot& s, Samples& samples) {
    for (const auto& [name, figures] : s.webhooks) {
        samples.add(figures.delivered, {{"webhook", name}, {"outcome", "delivered"}});
        samples.add(figures.failed, {{"webhook", name}, {"outcome", "failed"}});
        samples.add(figures.given_up, {{"webhook", name}, {"outcome", "given-up"}});
    }
}

void webhook_durations(const Snapshot& s, Samples& samples) {
    for (const auto& [name, figures] : s.webhooks) samples.add(figures.took, {{"webhook", name}});
}

void webhook_lag(const Snapshot& s, Samples& samples) {
    for (const auto& [name, figures] : s.webhooks) {
        samples.add(s.seconds_since(figures.waiting_since), {{"webhook", name}});
    }
}

void zone_serials(const Snapshot& s, Samples& samples) {
    for (const ServedZone* const zone : s.sources.zones.all()) {
        samples.add(std::uint64_t{zone->serial()}, {{"zone", zone->name().text()}});
    }
}

void zone_records(const Snapshot& s, Samples& samples) {
    for (const ServedZone* const zone : s.sources.zones.all()) {
        samples.add(std::uint64_t{zone->record_count()}, {{"zone", zone->name().text()}});
    }
}

void log_lines(const Snapshot&, Samples& samples) {
    for (const auto& [name, level] : {std::pair{"debug", LogLevel::debug},
                                      {"info", LogLevel::info},
                                      {"warning", LogLevel::warning},
                                      {"error", LogLevel::error}}) {
        samples.add(logged_lines(level), {{"level", name}});
    }
}

constexpr std::array rows = {
    Row{"custdkim_build_info", MetricType::Gauge, "Always 1; the version that runs is in its label.",
        [](const Snapshot&, Samples& m) {
            m.add(1.0, {{"version", CUSTDKIM_VERSION}});
        }},

    Row{"custdkim_backend_requests_total", MetricType::Counter,
        "Requests of PowerDNS, by method and by how they ended: answered, empty (there is none), failed "
        "(SERVFAIL).",
        backend_requests},
    Row{"custdkim_backend_request_duration_seconds", MetricType::Histogram,
        "How long requests of PowerDNS took inside custdkim, without the socket.", backend_durations},
    Row{"custdkim_backend_connections", MetricType::Gauge,
        "Open connections of PowerDNS over the socket, and its requests under way over HTTP.",
        [](const Snapshot& s, Samples& m) { m.add(s.sources.backend.conversations.load()); }},
    Row{"custdkim_backend_connections_refused_total", MetricType::Counter,
        "Connections of PowerDNS over the socket that were refused, since too many were open.",
        [](const Snapshot& s, Samples& m) { m.add(s.sources.backend.refused.load()); }},

    Row{"custdkim_keys", MetricType::Gauge, "Keys by status.", keys},
    Row{"custdkim_keys_failing", MetricType::Gauge,
        "Active keys with a CNAME that was seen to be wrong often enough to count.",
        [](const Snapshot& s, Samples& m) { m.add(s.keys.failing); }},
    Row{"custdkim_keys_unverified", MetricType::Gauge,
        "Keys of which not every CNAME has ever been seen to be right.",
        [](const Snapshot& s, Samples& m) { m.add(s.keys.unverified.count); }},
    Row{"custdkim_oldest_unverified_key_seconds", MetricType::Gauge,
        "How long ago the oldest of the unverified keys was created; 0 without any.",
        [](const Snapshot& s, Samples& m) { m.add(s.seconds_since(s.keys.unverified.oldest)); }},
    Row{"custdkim_oldest_hold_seconds", MetricType::Gauge,
        "Since when signing should have moved, of the key that is held longest; 0 without any.",
        [](const Snapshot& s, Samples& m) { m.add(s.seconds_since(s.keys.held.oldest)); }},
    Row{"custdkim_findings", MetricType::Gauge,
        "CNAMEs by what the last look at them found; of keys that are neither deleted nor revoked.",
        findings},

    Row{"custdkim_invisible_pairs", MetricType::Gauge,
        "Pairs that are published and not yet seen at every name server of their zone.", invisible_pairs},
    Row{"custdkim_visibility_lag_seconds", MetricType::Gauge,
        "How long the oldest of the invisible pairs has been published; 0 without any.", visibility_lag},

    Row{"custdkim_rotation_steps_total", MetricType::Counter, "Steps that the rotation has made.",
        rotation_steps},
    Row{"custdkim_rotation_failed_steps_total", MetricType::Counter,
        "Steps that the store refused; they are made again.",
        [](const Snapshot& s, Samples& m) { m.add(s.rotation.failed); }},
    Row{"custdkim_rotation_due_keys", MetricType::Gauge,
        "Keys for which something is due, by what they wait for; its-turn is counted up to 10000.",
        rotation_due},
    Row{"custdkim_rotation_overdue_seconds", MetricType::Gauge,
        "How long the oldest step that is due has been due; looks that wait for an answer are left out.",
        [](const Snapshot& s, Samples& m) { m.add(s.seconds_since(s.rotation.oldest_due)); }},
    Row{"custdkim_rotation_last_round_seconds", MetricType::Gauge,
        "How long ago the rotation last went through what was due; it does so at least every minute.",
        [](const Snapshot& s, Samples& m) { m.add(s.seconds_since(s.rotation.worked_at)); }},
    Row{"custdkim_pool_pairs", MetricType::Gauge, "Pairs of RSA-2048 that are ready for new keys.",
        [](const Snapshot& s, Samples& m) { m.add(std::uint64_t{s.sources.pool.level()}); }},
    Row{"custdkim_pool_size", MetricType::Gauge, "How many of them [keys] pool wants.",
        [](const Snapshot& s, Samples& m) { m.add(std::uint64_t{s.sources.pool_size}); }},

    Row{"custdkim_looks_total", MetricType::Counter, "Looks at customers' CNAMEs, by what they found.",
        looks},
    Row{"custdkim_look_duration_seconds", MetricType::Histogram, "How long looks at customers' CNAMEs took.",
        [](const Snapshot& s, Samples& m) { m.add(s.sources.looks.took()); }},

    Row{"custdkim_store_duration_seconds", MetricType::Histogram,
        "How long the store took, waiting for others included.", store_durations},
    Row{"custdkim_store_errors_total", MetricType::Counter,
        "What the store did not do, by the kind of error.", store_errors},

    Row{"custdkim_api_requests_total", MetricType::Counter, "Requests to the API.", api_requests},
    Row{"custdkim_api_request_duration_seconds", MetricType::Histogram,
        "How long the API took to answer, without the network.", api_durations},

    Row{"custdkim_webhook_attempts_total", MetricType::Counter,
        "Attempts to hand events to webhooks: delivered, failed; and events that were given up.",
        webhook_deliveries},
    Row{"custdkim_webhook_duration_seconds", MetricType::Histogram, "How long these attempts took.",
        webhook_durations},
    Row{"custdkim_webhook_lag_seconds", MetricType::Gauge,
        "How old the event is that a webhook has not taken yet; 0 where it has them all.", webhook_lag},

    Row{"custdkim_zone_serial", MetricType::Gauge, "The serial of each zone, as it is served to PowerDNS.",
        zone_serials},
    Row{"custdkim_zone_records", MetricType::Gauge, "How many records each zone has, roughly.", zone_records},
    Row{"custdkim_log_lines_total", MetricType::Counter, "Lines that were logged, by level.", log_lines},

    Row{"process_cpu_seconds_total", MetricType::Counter, "CPU time that was used, user and system.",
        [](const Snapshot& s, Samples& m) { m.add(s.process.cpu_seconds); }},
    Row{"process_start_time_seconds", MetricType::Gauge, "When the process started, in seconds since 1970.",
        [](const Snapshot& s, Samples& m) { m.add(s.process.started); }},
    Row{"process_resident_memory_bytes", MetricType::Gauge, "Memory in use.",
        [](const Snapshot& s, Samples& m) { m.add(s.process.resident_octets); }},
    Row{"process_virtual_memory_bytes", MetricType::Gauge, "Address space in use.",
        [](const Snapshot& s, Samples& m) { m.add(s.process.virtual_octets); }},
    Row{"process_threads", MetricType::Gauge, "Threads.",
        [](const Snapshot& s, Samples& m) { m.add(s.process.threads); }},
    Row{"process_open_fds", MetricType::Gauge, "Open file descriptors.",
        [](const Snapshot& s, Samples& m) { m.add(s.process.open_descriptors); }},
    Row{"process_max_fds", MetricType::Gauge, "How many file descriptors may be open.",
        [](const Snapshot& s, Samples& m) { m.add(s.process.most_descriptors); }},
};

}  // namespace

std::span<const Row> table() { return rows; }

}  // namespace custdkim::metrics
