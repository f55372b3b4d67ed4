#include "service/pdns_config.hpp"

#include <algorithm>
#include <array>

#include "dns/server_address.hpp"

namespace custdkim {

namespace {

void append(std::string& out, const PdnsSetting& setting) {
    std::string_view rest = setting.reason;
    while (!rest.empty()) {
        const std::size_t end = rest.find('\n');
        out += "# " + std::string(rest.substr(0, end)) + "\n";
        rest = end == std::string_view::npos ? std::string_view() : rest.substr(end + 1);
    }
    out += setting.name + "=" + setting.value + "\n\n";
}

// A way for PowerDNS to reach us, as a value of its remote-connection-string.
struct Way {
    std::string_view name;
    bool needs_http;
    std::string (*connection)(const Config& config, const PdnsChoice& choice);
    std::string_view reason;
};

std::string http_url(const Config& config, const PdnsChoice& choice) {
    return "http:url=http://" + dns::to_string(*config.backend.http) +
           (choice.token.empty() ? "" : "/" + choice.token) + "/dns,timeout=2000";
}

constexpr std::string_view http_reason =
    "Over TCP, for a PowerDNS on another machine; several times slower than the unix connector, since "
    "PowerDNS\n"
    "waits a millisecond before each request, and replies are limited to 2 MiB: no transfer of a big zone.\n"
    "There is no TLS. If a token is in the URL, keep this file from others.";

constexpr std::array ways = {
    Way{"unix", false,
        [](const Config& config, const PdnsChoice&) {
            return "unix:path=" + config.backend.unix_socket.string() + ",timeout=2000";
        },
        "The unix connector is the fastest by far, but a transfer (AXFR) of more than about 1,500 key "
        "records\n"
        "fails over it: then take --connector pipe. A question that is not answered within 2000 ms becomes\n"
        "SERVFAIL; keep this above the time that a restart of custdkim takes to load its keys."},
    Way{"pipe", false,
        [](const Config& config, const PdnsChoice& choice) {
            return "pipe:command=" + choice.program + " pipe --socket " +
                   config.backend.unix_socket.string() + ",timeout=0";
        },
        "PowerDNS starts 'custdkim pipe', which passes requests on to the service, waits for it up to 1500 "
        "ms "
        "in a\n"
        "restart, and transfers zones of any size. timeout=0: with any other value PowerDNS reads one octet "
        "at "
        "a\n"
        "time. Nothing waits for ever all the same: 'custdkim pipe' itself answers in time. PowerDNS's user "
        "needs\n"
        "access to the socket, as with the unix connector."},
    Way{"http", true, http_url, http_reason},
    Way{"http-post", true,
        [](const Config& config, const PdnsChoice& choice) { return http_url(config, choice) + ",post=1"; },
        http_reason},
    Way{"http-post-json", true,
        [](const Config& config, const PdnsChoice& choice) {
            return http_url(config, choice) + ",post=1,post_json=1";
        },
        http_reason},
};

// PowerDNS cuts the connection string at commas, and the command of a pipe at spaces, without quotes.
Result<void> check_paths(const Config& config, const PdnsChoice& choice) {
    if (choice.connector != "pipe") return {};
    for (const std::string& path : {choice.program, config.backend.unix_socket.string()}) {
        if (path.find_first_of(", ") == std::string::npos) continue;
        return invalid("'" + path +
                       "' has a space or a comma, which PowerDNS cannot have in the command of a pipe");
    }
    return {};
}

// Whatever the connector.
std::vector<PdnsSetting> usual_settings() {
    return {
        PdnsSetting{
            "remote-dnssec", "yes",
            "Without it PowerDNS never asks us for the keys that it signs zones with, nor for TSIG keys. It "
            "costs\n"
            "one request for each zone in 30 seconds, while resolvers ask for signatures."},
        PdnsSetting{"consistent-backends", "yes", "One question per name instead of one per type."},
        PdnsSetting{
            "zone-cache-refresh-interval", "300",
            "PowerDNS keeps the list of zones: names of other zones are REFUSED without asking us, and each\n"
            "question costs us one or two requests less. The list changes only when custdkim restarts\n"
            "with another configuration; then run: pdns_control rediscover"},
        PdnsSetting{
            "cache-ttl", "60",
            "Whole answers, for repeated questions. Longer than PowerDNS's own 20 s: a question that\n"
            "reaches us costs twice what one to a database in PowerDNS costs, and a key stays for weeks."},
        PdnsSetting{
            "query-cache-ttl", "60",
            "Answers of custdkim: the SOA of the zone is asked for with every new name. A change is seen by\n"
            "everybody once cache-ttl and query-cache-ttl have passed one after the other, or at once after\n"
            "pdns_control purge NAME."},
        PdnsSetting{
            "negquery-cache-ttl", "5",
            "How long PowerDNS remembers that there is nothing, besides cache-ttl: short, for names that "
            "somebody\n"
            "asks for before they are there."},
        PdnsSetting{"distributor-threads", "3",
                    "Connections to custdkim for UDP; requests on one connection wait for each other."},
        PdnsSetting{
            "overload-queue-length", "1000",
            "Answer from the caches only, rather than let the queue reach 5000, at which PowerDNS ends "
            "itself."},
        PdnsSetting{
            "queue-limit", "2000",
            "Questions that wait while custdkim restarts are answered afterwards, as long as `timeout` "
            "lets them;\n"
            "PowerDNS would drop them after 1500 ms."},
        PdnsSetting{
            "primary", "no",
            "With secondaries, yes: PowerDNS then sends them NOTIFY when a key was published. But its thread "
            "for\n"
            "that ends all of PowerDNS when custdkim does not answer it, as in a restart: run it under a\n"
            "supervisor, and let custdkim's connections survive restarts (see docs/operations.md)."},
        PdnsSetting{
            "security-poll-suffix", "",
            "No look-up of PowerDNS's security status at start: it costs seconds where the network is "
            "closed."},
    };
}

}  // namespace

std::string connector_names() {
    std::string names;
    for (const Way& way : ways) names += (names.empty() ? "" : ", ") + std::string(way.name);
    return names;
}

Result<std::vector<PdnsSetting>> pdns_settings(const Config& config, const PdnsChoice& choice) {
    const auto* const way =
        std::find_if(ways.begin(), ways.end(), [&](const Way& w) { return w.name == choice.connector; });
    if (way == ways.end()) {
        return invalid("there is no connector '" + choice.connector + "'; there are " + connector_names());
    }
    if (way->needs_http && !config.backend.http) {
        return invalid("the connector '" + choice.connector +
                       "' is not on; set [backend] http to an address with a port, like \"127.0.0.1:8053\"");
    }
    if (const auto fine = check_paths(config, choice); !fine) return fine.error();
    std::vector<PdnsSetting> settings = {
        PdnsSetting{"launch", "remote", "custdkim speaks the protocol of PowerDNS's remote backend."},
        PdnsSetting{"remote-connection-string", way->connection(config, choice), std::string(way->reason)},
    };
    for (PdnsSetting& setting : usual_settings()) settings.push_back(std::move(setting));
    for (PdnsSetting& setting : settings) {
        if (choice.caches == PdnsCaches::on || !setting.name.ends_with("cache-ttl")) continue;
        setting.value = "0";
        setting.reason = "Off: this custdkim's clock is not the one that PowerDNS's caches run on.";
    }
    return settings;
}

std::string to_text(const std::vector<PdnsSetting>& settings) {
    std::string out =
        "# PowerDNS settings that fit custdkim, for pdns.conf. Made by: custdkim pdns-config\n\n";
    for (const PdnsSetting& setting : settings) append(out, setting);
    return out;
}

Result<std::string> pdns_config(const Config& config, const PdnsChoice& choice) {
    const auto settings = pdns_settings(config, choice);
    if (!settings) return settings.error();
    return to_text(*settings);
}

}  // namespace custdkim
