#include "service/config.hpp"

#include <algorithm>
#include <fstream>
#include <sstream>

#include "service/nearest.hpp"
#include "service/option_table.hpp"

namespace custdkim {

namespace {

constexpr std::size_t max_file_size = 1 << 20;

// "http://127.0.0.1:8000/...", "http://[::1]/...", "http://localhost/...".
bool is_loopback_url(std::string_view url) {
    constexpr std::string_view scheme = "http://";
    if (!url.starts_with(scheme)) return false;
    url.remove_prefix(scheme.size());
    std::string_view host = url.substr(0, url.find_first_of("/?#"));
    host.remove_prefix(host.rfind('@') + 1);  // behind a name and a password, if there are any
    if (host.starts_with('[')) return dns::is_loopback(host.substr(1, host.find(']') - 1));
    host = host.substr(0, host.find(':'));
    return host == "localhost" || dns::is_loopback(host);
}

class Reader {
  public:
    explicit Reader(const std::filesystem::path& file)
        : file_(file), directory_(std::filesystem::absolute(file).parent_path()) {}

    ConfigOutcome read(std::string_view text) {
        try {
            const toml::table document = toml::parse(text, file_.string());
            read_document(document);
            check_zones();
            check_backend();
            check_api(document);
            check_metrics(document);
            check_webhooks();
            settle_rotation(document);
            check_sending(document);
        } catch (const toml::parse_error& error) {
            problem_at(error.source(), std::string(error.description()));
        }
        if (problems_.empty()) return {std::move(config_), {}};
        std::stable_sort(problems_.begin(), problems_.end(),
                         [](const Problem& a, const Problem& b) { return a.line < b.line; });
        ConfigOutcome outcome;
        for (Problem& problem : problems_) outcome.problems.push_back(std::move(problem.sentence));
        return outcome;
    }

  private:
    struct Problem {
        std::uint32_t line;
        std::string sentence;
    };

    void problem_at(const toml::source_region& where, const std::string& sentence) {
        const auto line = where.begin.line;
        problems_.push_back({line, file_.string() + ":" + std::to_string(line) + ": " + sentence});
    }
    // About the whole: comes behind what has a line.
    void problem(const std::string& sentence) {
        problems_.push_back({UINT32_MAX, file_.string() + ": " + sentence});
    }

    void read_document(const toml::table& document) {
        for (const auto& [key, node] : document) {
            const std::string section(key.str());
            if (section == "zone") {
                read_zones(node);
            } else if (section == "static_zone") {
                read_static_zones(node);
            } else if (section == "webhook") {
                read_webhooks(node);
            } else if (const auto known = sections(); std::count(known.begin(), known.end(), section) == 0) {
                problem_at(key.source(),
                           "there is no section [" + section + "]" + did_you_mean(section, known));
            } else if (const auto* const table = node.as_table()) {
                read_section(section, *table, {});
            } else {
                problem_at(key.source(), "'" + section + "' must be a section: [" + section + "]");
            }
        }
    }

    // What a section is about, where there may be several of its name.
    struct About {
        ZoneConfig* zone = nullptr;
        StaticZoneConfig* static_zone = nullptr;
        WebhookConfig* webhook = nullptr;
    };

    void read_zones(const toml::node& node) {
        for (const toml::table* const table : tables(node, "zone", "key zones")) {
            read_section("zone", *table, {&config_.zones.emplace_back()});
            check_needed("zone", *table, {"name", "nameservers", "hostmaster"});
        }
    }

    void read_static_zones(const toml::node& node) {
        for (const toml::table* const table : tables(node, "static_zone", "static zones")) {
            StaticZoneConfig& zone = config_.static_zones.emplace_back();
            read_section("static_zone", *table, {nullptr, &zone});
            check_needed("static_zone", *table, {"name", "file"});
            if (table->contains("file") && zone.file.empty())
                problem_at(table->at("file").source(), "static_zone.file: must be the path of a zone file");
        }
    }

    void read_webhooks(const toml::node& node) {
        for (const toml::table* const table : tables(node, "webhook", "webhooks")) {
            WebhookConfig& webhook = config_.webhooks.emplace_back();
            read_section("webhook", *table, {nullptr, nullptr, &webhook});
            check_needed("webhook", *table, {"name", "url", "events", "secret_file"});
            if (webhook.url.starts_with("https://") || webhook.allow_http || webhook.url.empty()) continue;
            if (is_loopback_url(webhook.url)) continue;
            problem_at(
                table->at("url").source(),
                "webhook.url: must be https://, since http:// can be read and changed on its way; to use "
                "it all the same set allow_http = true");
        }
    }

    void check_webhooks() {
        const auto& webhooks = config_.webhooks;
        for (auto webhook = webhooks.begin(); webhook != webhooks.end(); ++webhook) {
            const auto same = [&](const auto& other) { return other.name == webhook->name; };
            if (std::any_of(webhooks.begin(), webhook, same))
                problem("the webhook '" + webhook->name + "' is there twice; give each a name of its own");
        }
    }

    std::vector<const toml::table*> tables(const toml::node& node, const std::string& section,
                                           const std::string& what) {
        const auto* const array = node.as_array();
        if (!array || !array->is_homogeneous<toml::table>()) {
            problem_at(node.source(), what + " are written [[" + section + "]], with two brackets");
            return {};
        }
        std::vector<const toml::table*> found;
        for (const toml::node& element : *array) found.push_back(element.as_table());
        return found;
    }

    void check_needed(const std::string& section, const toml::table& table,
                      std::initializer_list<std::string_view> needed) {
        for (const std::string_view name : needed) {
            if (table.contains(name)) continue;
            problem_at(table.source(), "this [[" + section + "]] lacks '" + std::string(name) + "'");
        }
    }

    // [zone.rotation] is read once [rotation] is: it says what is different there.
    static bool is_rotation_of_zone(const std::string& section, const std::string& name,
                                    const toml::node& node) {
        return section == "zone" && name == "rotation" && node.is_table();
    }

    void read_section(const std::string& section, const toml::table& table, const About& about) {
        for (const auto& [key, node] : table) {
            const std::string name(key.str());
            if (is_rotation_of_zone(section, name, node)) continue;
            const auto options = option_table();
            const auto option = std::find_if(options.begin(), options.end(), [&](const Option& o) {
                return o.section == section && o.name == name;
            });
            if (option == options.end()) {
                problem_at(key.source(), "there is no option '" + name + "' in [" + section + "]" +
                                             did_you_mean(name, names_in(section)));
                continue;
            }
            const OptionTarget target{config_,
                                      about.zone,
                                      about.static_zone,
                                      about.webhook,
                                      about.zone ? &about.zone->rotation : &config_.rotation,
                                      directory_};
            if (const auto set = option->set(node, target); !set) {
                problem_at(node.source(), section + "." + name + ": " + set.error().detail);
            }
        }
    }

    void check_zones() {
        if (config_.zones.empty())
            problem("there is no [[zone]]; without a key zone there is nothing to serve");
        for (auto zone = config_.zones.begin(); zone != config_.zones.end(); ++zone) {
            const std::string& name = zone->name.text();
            if (zone->name.is_root()) continue;  // missing or unreadable, and said so above
            // <selector>.<label>.<zone> must fit, whatever the selector.
            if (zone->name.wire_length() + 64 + 7 > dns::max_wire_length) {
                problem("the zone " + name +
                        " is too long: with selector and label in front, names would "
                        "pass the 255 octets that DNS allows");
            }
            const auto same = [&](const ZoneConfig& other) { return other.name == zone->name; };
            if (std::any_of(config_.zones.begin(), zone, same))
                problem("the zone " + name + " is there twice");
        }
        check_static_zones();
    }

    void check_static_zones() {
        const auto& zones = config_.static_zones;
        for (auto zone = zones.begin(); zone != zones.end(); ++zone) {
            if (zone->name.is_root()) continue;
            const auto same = [&](const auto& other) { return other.name == zone->name; };
            if (std::any_of(config_.zones.begin(), config_.zones.end(), same))
                problem("the zone " + zone->name.text() + " is there as a key zone and as a static zone");
            if (std::any_of(zones.begin(), zone, same))
                problem("the zone " + zone->name.text() + " is there twice");
        }
    }

    // Private keys of zones and all that the zones hold are to be had there.
    void check_backend() {
        const BackendConfig& backend = config_.backend;
        if (!backend.http || !backend.http_token_file.empty() || dns::is_loopback(backend.http->address))
            return;
        problem("backend.http: " + backend.http->address +
                " is open to others; set backend.http_token_file, or listen on 127.0.0.1");
    }

    void check_api(const toml::table& document) {
        const ApiConfig& api = config_.api;
        const bool others_may_reach_it = api.allow_any_address || !api.tls_key.empty();
        if (api.token_file.empty() && others_may_reach_it) {
            problem_at(
                document["api"]["token_file"].node()->source(),
                "api.token_file: without a token the API listens on loopback only, and has neither TLS "
                "nor allow_any_address; name a token file, or leave those out");
        }
        if (api.tls_certificate.empty() != api.tls_key.empty()) {
            const bool has_key = !api.tls_key.empty();
            const std::string given = has_key ? "tls_key" : "tls_certificate";
            problem_at(document["api"][given].node()->source(),
                       "api." + given + ": needs " + (has_key ? "tls_certificate" : "tls_key") +
                           " beside it; give both, or none");
        }
        if (!api.tls_key.empty() || api.allow_any_address || dns::is_loopback(api.listen.address)) return;
        problem_at(document["api"]["listen"].node()->source(),
                   "api.listen: must be a loopback address without TLS; if others must reach it, set "
                   "tls_certificate and tls_key, or put a TLS proxy in front of it and set "
                   "allow_any_address = true");
    }

    void check_metrics(const toml::table& document) {
        const MetricsConfig& metrics = config_.metrics;
        if (!metrics.listen || metrics.allow_any_address || dns::is_loopback(metrics.listen->address)) return;
        problem_at(document["metrics"]["listen"].node()->source(),
                   "metrics.listen: must be a loopback address, since there is no token; if everybody who "
                   "reaches it may read the metrics, set allow_any_address = true");
    }

    // What each zone's policy is, and whether it can keep R2 and R3.
    void settle_rotation(const toml::table& document) {
        const auto* const zones = document["zone"].as_array();
        for (std::size_t i = 0; i < config_.zones.size(); ++i) {
            ZoneConfig& zone = config_.zones[i];
            zone.rotation = config_.rotation;
            const auto* const table = zones->get(i)->as_table();
            if (const auto* const own = (*table)["rotation"].as_table())
                read_section("rotation", *own, {&zone, nullptr});
            zone.rotation.ttl = zone.ttl;
            zone.rotation.negative_ttl = zone.negative_ttl;
            for (const std::string& broken : broken_inequalities(zone.rotation)) {
                problem("the rotation of " + zone.name.text() + " is not safe: " + broken);
            }
            check_lease(zone);
        }
    }

    // Mail that a leased key signed in its last moment must verify, too (R3).
    void check_lease(const ZoneConfig& zone) {
        const Duration least = shortest_retention(zone.rotation) + config_.sending.lease;
        if (config_.sending.lease == Duration(0) || zone.rotation.retention >= least) return;
        problem("[sending] lease is too long for the rotation of " + zone.name.text() +
                ": retention must be at least " + format_duration(least) +
                ", which is transit + ttl + stale + lease");
    }

    // RFC 6376 section 3.5, x=: a verifier may refuse what comes later.
    void check_sending(const toml::table& document) {
        const auto lifetime = config_.sending.signature_lifetime;
        if (!lifetime) return;
        for (const ZoneConfig& zone : config_.zones) {
            if (*lifetime >= zone.rotation.transit) continue;
            problem_at(
                document["sending"]["signature_lifetime"].node()->source(),
                "sending.signature_lifetime: must be at least the transit of " + zone.name.text() + " (" +
                    format_duration(zone.rotation.transit) +
                    "), or mail that is long under way arrives expired; \"0s\": signatures do not expire");
            return;
        }
    }

    static std::vector<std::string> sections() {
        std::vector<std::string> names;
        for (const Option& option : option_table()) {
            if (names.empty() || names.back() != option.section) names.emplace_back(option.section);
        }
        return names;
    }

    static std::vector<std::string> names_in(std::string_view section) {
        std::vector<std::string> names;
        for (const Option& option : option_table()) {
            if (option.section == section) names.emplace_back(option.name);
        }
        return names;
    }

    static std::string did_you_mean(std::string_view word, const std::vector<std::string>& candidates) {
        const auto found = nearest(word, candidates);
        return found ? "; did you mean '" + *found + "'?" : "";
    }

    const std::filesystem::path file_;
    const std::filesystem::path directory_;
    Config config_;
    std::vector<Problem> problems_;
};

}  // namespace

ConfigOutcome read_config(const std::filesystem::path& file) {
    const auto refuse = [&](const std::string& why) {
        return ConfigOutcome{std::nullopt, {"the configuration " + file.string() + " " + why}};
    };
    std::error_code error;
    if (std::filesystem::is_directory(file, error)) return refuse("is a directory; give the file");
    std::ifstream stream(file, std::ios::binary);
    if (!stream) return refuse("cannot be read; check --config and its permissions");
    std::string text(max_file_size + 1, '\0');
    stream.read(text.data(), static_cast<std::streamsize>(text.size()));
    text.resize(static_cast<std::size_t>(stream.gcount()));
    if (text.size() > max_file_size) return refuse("is larger than 1 MiB; that cannot be right");
    return read_config_text(text, file);
}

ConfigOutcome read_config_text(std::string_view text, const std::filesystem::path& file) {
    return Reader(file).read(text);
}

std::vector<std::string> option_names() {
    std::vector<std::string> names;
    for (const Option& option : option_table()) {
        names.push_back(std::string(option.section) + "." + std::string(option.name));
    }
    return names;
}

}  // namespace custdkim
