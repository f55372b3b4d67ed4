#include "service/pdns_config.hpp"

#include <array>

namespace custdkim {

namespace {

struct Setting {
    std::string_view name;
    std::string value;
    std::string_view reason;  // lines
};

void append(std::string& out, const Setting& setting) {
    std::string_view rest = setting.reason;
    while (!rest.empty()) {
        const std::size_t end = rest.find('\n');
        out += "# " + std::string(rest.substr(0, end)) + "\n";
        rest = end == std::string_view::npos ? std::string_view() : rest.substr(end + 1);
    }
    out += std::string(setting.name) + "=" + setting.value + "\n\n";
}

}  // namespace

std::string pdns_config(const Config& config, PdnsCaches caches) {
    std::array settings = {
        Setting{"launch", "remote", "custdkim speaks the protocol of PowerDNS's remote backend."},
        Setting{
            "remote-connection-string", "unix:path=" + config.backend.unix_socket.string() + ",timeout=2000",
            "The unix connector is the fastest by far. A question that is not answered within 2000 ms\n"
            "becomes SERVFAIL; keep this above the time that a restart of custdkim takes to load its keys."},
        Setting{"consistent-backends", "yes", "One question per name instead of one per type."},
        Setting{
            "zone-cache-refresh-interval", "300",
            "PowerDNS keeps the list of zones: names of other zones are REFUSED without asking us, and each\n"
            "question costs us one or two requests less. The list changes only when custdkim restarts\n"
            "with another configuration; then run: pdns_control rediscover"},
        Setting{"cache-ttl", "20", "Whole answers, for repeated questions."},
        Setting{
            "query-cache-ttl", "20",
            "Answers of custdkim: the SOA of the zone is asked for with every new name. A change is seen by\n"
            "everybody once cache-ttl and query-cache-ttl have passed one after the other."},
        Setting{"negquery-cache-ttl", "5",
                "How long PowerDNS remembers that there is nothing, besides cache-ttl: short, for names that "
                "somebody\n"
                "asks for before they are there."},
        Setting{"distributor-threads", "3",
                "Connections to custdkim for UDP; requests on one connection wait for each other."},
        Setting{"overload-queue-length", "1000",
                "Answer from the caches only, rather than let the queue reach 5000, at which PowerDNS ends "
                "itself."},
        Setting{
            "primary", "no",
            "With secondaries, yes: PowerDNS then sends them NOTIFY when a key was published. But its thread "
            "for\n"
            "that ends all of PowerDNS when custdkim does not answer it, as in a restart: run it under a\n"
            "supervisor, and let custdkim's connections survive restarts (see docs/operations.md)."},
        Setting{"security-poll-suffix", "",
                "No look-up of PowerDNS's security status at start: it costs seconds where the network is "
                "closed."},
    };
    std::string out =
        "# PowerDNS settings that fit custdkim, for pdns.conf. Made by: custdkim pdns-config\n\n";
    for (Setting& setting : settings) {
        if (caches == PdnsCaches::off && setting.name.ends_with("cache-ttl")) {
            setting.value = "0";
            setting.reason = "Off: this custdkim's clock is not the one that PowerDNS's caches run on.";
        }
        append(out, setting);
    }
    return out;
}

}  // namespace custdkim
