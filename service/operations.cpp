#include "service/operations.hpp"

#include <algorithm>

#include "base/log.hpp"

namespace custdkim {

namespace {

std::string joined(const std::vector<std::string>& parts, std::string_view between) {
    std::string text;
    for (const std::string& part : parts) {
        if (!text.empty()) text += between;
        text += part;
    }
    return text;
}

std::string line_of(const ServedZone& zone, std::string_view kind) {
    return zone.name().text() + ": " + std::string(kind) + ", serial " + std::to_string(zone.serial()) +
           ", " + std::to_string(zone.record_count()) + " records\n";
}

}  // namespace

DaemonOperations::DaemonOperations(Zones& zones, const backend::Counters& counters, const Clock& clock)
    : zones_(zones), counters_(counters), clock_(clock), started_(clock.read()) {}

std::string DaemonOperations::status() const {
    const auto requests = counters_.total();
    std::string text = "custdkim " CUSTDKIM_VERSION ", started at " + format_rfc3339(started_.now) +
                       ", up for " + format_duration(clock_.read().uptime - started_.uptime) + "\n" +
                       "PowerDNS: " + std::to_string(counters_.conversations) + " connections, " +
                       std::to_string(requests.asked()) + " requests, " +
                       std::to_string(requests.with(backend::Ending::failed)) + " of them failed\n";
    for (const auto& zone : zones_.key_zones()) text += line_of(*zone, "key zone");
    for (const auto& zone : zones_.static_zones()) text += line_of(*zone, "static zone");
    return text;
}

Zones::Reload DaemonOperations::reload_zones() {
    const std::lock_guard lock(reloading_);
    const Zones::Reload outcome = zones_.reload_static_zones();
    for (const std::string& problem : outcome.problems) {
        log_warning("a zone file is broken; its zone keeps its last good contents", {{"reason", problem}});
    }
    log_info("zone files read again",
             {{"changed", outcome.changed.empty() ? "none" : joined(outcome.changed, ",")},
              {"broken", outcome.problems.size()}});
    return outcome;
}

Result<std::string> DaemonOperations::reload() {
    const Zones::Reload outcome = reload_zones();
    if (!outcome.problems.empty()) return invalid(joined(outcome.problems, "\n"));
    if (outcome.changed.empty()) return std::string("no static zone has changed");
    return "changed: " + joined(outcome.changed, ", ");
}

}  // namespace custdkim
