// The configuration: one TOML file. Every option has a row in the table of service/option_table.cpp, and
// docs/configuration.md explains each. What is not in the table is refused.
#pragma once

#include <sys/types.h>

#include <filesystem>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/log.hpp"
#include "base/result.hpp"
#include "base/time.hpp"
#include "dns/name.hpp"
#include "dns/server_address.hpp"
#include "keys/policy.hpp"

namespace custdkim {

struct ZoneConfig {
    dns::Name name;
    std::vector<dns::Name> nameservers;
    dns::Name hostmaster;
    std::filesystem::path records;
    Duration ttl{300};
    Duration negative_ttl{300};
    std::vector<dns::ServerAddress> visible_at;
    RotationPolicy rotation;  // as it is for this zone, its TTLs included
};

struct StaticZoneConfig {
    dns::Name name;
    std::filesystem::path file;
};

struct BackendConfig {
    std::filesystem::path unix_socket = "/run/custdkim/pdns.sock";
    std::optional<uid_t> owner;
    std::optional<gid_t> group;
    mode_t mode = 0660;
    std::optional<dns::ServerAddress> http;  // without: no HTTP connector
    std::filesystem::path http_token_file;   // "": no token, and then loopback only
};

struct ApiConfig {
    dns::ServerAddress listen{"127.0.0.1", 8080};
    bool allow_any_address = false;                  // others than loopback too, although there is no TLS
    std::filesystem::path tls_certificate, tls_key;  // PEM, both or none; none: no TLS
    std::filesystem::path token_file = "/etc/custdkim/token";  // "": no token, and then loopback only
};

struct StoreConfig {
    std::string url = "sqlite:/var/lib/custdkim/custdkim.db";
};

struct KeysConfig {
    std::filesystem::path master_key_file = "/etc/custdkim/master.key";
    std::size_t pool = 16;
};

// What must be known of a customer's DNS before their key may sign.
enum class ActivationCheck { customer_dns, unchecked };

struct ActivationConfig {
    ActivationCheck check = ActivationCheck::customer_dns;
    std::vector<dns::ServerAddress> resolvers;  // none: iterate from the root
    std::filesystem::path root_hints;
    std::filesystem::path trust_anchor;
    std::vector<std::string> allow;   // CIDR, of addresses that questions may go to although special-purpose
    std::vector<std::string> forbid;  // CIDR, of others that they may not go to
    bool allow_force = false;  // whether an operator may activate a key although its CNAMEs do not pass
    bool strict = false;
    Duration deadline{8};             // of all that decides one look
    Duration diagnosis_deadline{12};  // on top, of what looks for the cause
    std::size_t looks_at_once = 16;
    std::uint16_t port = 53;  // of name servers
};

struct SendingConfig {
    std::optional<Duration> signature_lifetime;  // x= is so much after t=; without: no x=
    Duration lease{0};                           // the longest of a private key; 0: none is leased
};

// Where Prometheus scrapes without a token, beside GET /metrics of the API.
struct MetricsConfig {
    std::optional<dns::ServerAddress> listen;  // without: nowhere
    bool allow_any_address = false;            // others than loopback too, for everybody to read
};

// A receiver of events; webhooks/webhook.hpp is what becomes of it at start.
struct WebhookConfig {
    std::string name;
    std::string url;
    std::set<std::string> events;  // none: all
    std::filesystem::path secret_file;
    Duration timeout{10};
    Duration keep = std::chrono::days(30);
    std::filesystem::path ca_file;
    bool allow_http = false;  // to others than loopback
};

struct LogConfig {
    LogLevel level = LogLevel::info;
    LogFormat format = LogFormat::text;
};

struct Config {
    std::vector<ZoneConfig> zones;
    std::vector<StaticZoneConfig> static_zones;
    BackendConfig backend;
    ApiConfig api;
    StoreConfig store;
    KeysConfig keys;
    RotationPolicy rotation;  // for zones without one of their own
    ActivationConfig activation;
    SendingConfig sending;
    MetricsConfig metrics;
    std::vector<WebhookConfig> webhooks;
    LogConfig log;
};

// Either a configuration without problems, or every problem that was found, each as "FILE:LINE: sentence".
struct ConfigOutcome {
    std::optional<Config> config;
    std::vector<std::string> problems;
};

// Relative paths in the file are relative to its directory.
ConfigOutcome read_config(const std::filesystem::path& file);
ConfigOutcome read_config_text(std::string_view text, const std::filesystem::path& file);

// "section.name" of every option, as documented.
std::vector<std::string> option_names();

}  // namespace custdkim
