#include "service/option_table.hpp"

#include <grp.h>
#include <pwd.h>

#include <algorithm>
#include <array>
#include <charconv>

#include "dns/address_policy.hpp"
#include "keys/event.hpp"
#include "sending/leases.hpp"
#include "service/nearest.hpp"
#include "store/open_store.hpp"

namespace custdkim {

namespace {

using Node = toml::node;
using Target = OptionTarget;

template <typename Number>
bool read_whole(std::string_view digits, Number& into, int base = 10) {
    const char* const end = digits.data() + digits.size();
    const auto [stop, error] = std::from_chars(digits.data(), end, into, base);
    return error == std::errc() && stop == end;
}

Result<std::string> text_of(const Node& node) {
    if (const auto text = node.value_exact<std::string>()) return *text;
    return invalid("must be a string, in quotes");
}

Result<std::vector<std::string>> texts_of(const Node& node) {
    const auto complaint = [] { return invalid("must be a list of strings, like [\"a\", \"b\"]"); };
    const auto* const array = node.as_array();
    if (!array) return complaint();
    std::vector<std::string> texts;
    for (const Node& element : *array) {
        const auto text = element.value_exact<std::string>();
        if (!text) return complaint();
        texts.push_back(*text);
    }
    return texts;
}

Result<void> set_duration(const Node& node, Duration& into) {
    const auto text = text_of(node);
    if (!text) return invalid("must be a duration in quotes, like \"25d\"");
    const auto duration = parse_duration(*text);
    if (!duration) return duration.error();
    into = *duration;
    return {};
}

// TTLs are 31 bits (RFC 2181 section 8), and nobody means to publish a key for longer than a week.
Result<void> set_ttl(const Node& node, Duration& into) {
    Duration ttl{};
    if (const auto done = set_duration(node, ttl); !done) return done.error();
    if (ttl < std::chrono::seconds(1) || ttl > std::chrono::days(7)) return invalid("must be from 1s to 7d");
    into = ttl;
    return {};
}

Result<void> set_path(const Node& node, const Target& target, std::filesystem::path& into) {
    const auto text = text_of(node);
    if (!text) return text.error();
    into = text->empty() ? std::filesystem::path() : target.directory / *text;
    return {};
}

Result<void> set_name(const Node& node, dns::Name& into) {
    const auto text = text_of(node);
    if (!text) return text.error();
    const auto name = dns::Name::parse(*text);
    if (!name) return name.error();
    if (name->is_root()) return invalid("must not be the root");
    into = *name;
    return {};
}

// RFC 1035 section 3.3.13: the mailbox is written as a name, with a dot for the @.
Result<void> set_hostmaster(const Node& node, const Target& target) {
    const auto text = text_of(node);
    if (!text) return text.error();
    if (text->find('@') != std::string::npos) {
        std::string dotted = *text;
        std::replace(dotted.begin(), dotted.end(), '@', '.');
        return invalid("is written with a dot for the @: \"" + dotted + "\"");
    }
    return set_name(node, target.zone->hostmaster);
}

// PowerDNS cuts its connection string at commas and cannot quote them.
Result<void> set_socket(const Node& node, const Target& target) {
    if (const auto done = set_path(node, target, target.config.backend.unix_socket); !done)
        return done.error();
    const std::string path = target.config.backend.unix_socket.string();
    if (path.empty()) return invalid("must be a path");
    if (path.find(',') != std::string::npos) {
        return invalid("'" + path + "' has a comma, which PowerDNS cannot have in its connection string");
    }
    return {};
}

Result<void> set_addresses(const Node& node, std::uint16_t default_port,
                           std::vector<dns::ServerAddress>& into) {
    const auto texts = texts_of(node);
    if (!texts) return texts.error();
    for (const std::string& text : *texts) {
        const auto address = dns::parse_server_address(text, default_port);
        if (!address) return address.error();
        into.push_back(*address);
    }
    return {};
}

Result<void> set_nameservers(const Node& node, const Target& target) {
    const auto texts = texts_of(node);
    if (!texts) return texts.error();
    if (texts->empty()) return invalid("must name at least one name server");
    for (const std::string& text : *texts) {
        const auto name = dns::Name::parse(text);
        if (!name) return name.error();
        target.zone->nameservers.push_back(*name);
    }
    return {};
}

Result<void> set_owner(const Node& node, const Target& target) {
    const auto name = text_of(node);
    if (!name) return name.error();
    const passwd* const user = ::getpwnam(name->c_str());
    if (!user) return invalid("there is no user '" + *name + "' on this machine");
    target.config.backend.owner = user->pw_uid;
    return {};
}

Result<void> set_group(const Node& node, const Target& target) {
    const auto name = text_of(node);
    if (!name) return name.error();
    const group* const found = ::getgrnam(name->c_str());
    if (!found) return invalid("there is no group '" + *name + "' on this machine");
    target.config.backend.group = found->gr_gid;
    return {};
}

Result<void> set_mode(const Node& node, const Target& target) {
    const auto text = text_of(node);
    unsigned mode = 0;
    if (text) {
        if (read_whole(*text, mode, 8) && mode <= 0777) {
            target.config.backend.mode = mode;
            return {};
        }
    }
    return invalid("must be an octal mode in quotes, like \"0660\"");
}

Result<void> set_lease(const Node& node, const Target& target) {
    Duration lease{};
    if (const auto done = set_duration(node, lease); !done) return done.error();
    if (lease != Duration(0) && (lease < std::chrono::minutes(1) || lease > longest_lease)) {
        return invalid("must be from 1m to 24h, or 0s for no leases");
    }
    target.config.sending.lease = lease;
    return {};
}

// "" means that nobody listens.
Result<void> set_listener(const Node& node, std::optional<dns::ServerAddress>& into) {
    const auto text = text_of(node);
    if (!text) return text.error();
    if (text->empty()) return {};
    const auto address = dns::parse_server_address(*text, std::nullopt);
    if (!address) return address.error();
    into = *address;
    return {};
}

Result<void> set_listen(const Node& node, const Target& target) {
    const auto text = text_of(node);
    if (!text) return text.error();
    const auto address = dns::parse_server_address(*text, std::nullopt);
    if (!address) return address.error();
    target.config.api.listen = *address;
    return {};
}

Result<void> set_webhook_name(const Node& node, const Target& target) {
    constexpr std::string_view letters = "abcdefghijklmnopqrstuvwxyz0123456789-";
    const auto text = text_of(node);
    if (!text) return text.error();
    if (text->empty() || text->size() > 40 || text->find_first_not_of(letters) != std::string::npos) {
        return invalid("must be 1 to 40 of a-z, 0-9 and '-'");
    }
    target.webhook->name = *text;
    return {};
}

// Never repeated in a message: there may be a secret of the receiver's in it.
Result<void> set_webhook_url(const Node& node, const Target& target) {
    const auto text = text_of(node);
    if (!text) return text.error();
    const bool is_url = text->starts_with("https://") || text->starts_with("http://");
    const bool is_visible =
        std::all_of(text->begin(), text->end(), [](char c) { return c > ' ' && c < 0x7f; });
    if (!is_url || !is_visible || text->size() > 2000) {
        return invalid("must be an https:// URL of up to 2000 visible ASCII characters");
    }
    target.webhook->url = *text;
    return {};
}

// What is misspelt would be waited for in vain.
Result<void> set_webhook_events(const Node& node, const Target& target) {
    const auto texts = texts_of(node);
    if (!texts) return texts.error();
    if (texts->empty()) return invalid("must have at least one event, or \"*\" for all");
    if (*texts == std::vector<std::string>{"*"}) return {};
    const auto known = event_actions();
    const std::vector<std::string> names(known.begin(), known.end());
    for (const std::string& text : *texts) {
        if (std::count(names.begin(), names.end(), text) == 0) {
            const auto meant = nearest(text, names);
            return invalid("there is no event '" + text.substr(0, 80) + "'" +
                           (meant ? "; did you mean '" + *meant + "'?" : "; docs/monitoring.md lists them"));
        }
        target.webhook->events.insert(text);
    }
    return {};
}

Result<void> set_webhook_timeout(const Node& node, const Target& target) {
    if (const auto done = set_duration(node, target.webhook->timeout); !done) return done.error();
    const Duration timeout = target.webhook->timeout;
    if (timeout < Duration(1) || timeout > Duration(60)) return invalid("must be from 1s to 60s");
    return {};
}

Result<void> set_store(const Node& node, const Target& target) {
    const auto url = text_of(node);
    if (!url) return url.error();
    if (const auto known = check_store_url(*url); !known) return known.error();
    constexpr std::string_view sqlite = "sqlite:";
    target.config.store.url =
        url->starts_with(sqlite)
            ? std::string(sqlite) + (target.directory / url->substr(sqlite.size())).string()
            : *url;
    return {};
}

Result<void> set_slots(const Node& node, const Target& target) {
    const auto slots = node.value_exact<std::int64_t>();
    if (!slots || (*slots != 2 && *slots != 3)) return invalid("must be 2 or 3");
    target.rotation->slots = static_cast<unsigned>(*slots);
    return {};
}

Result<void> set_failing_looks(const Node& node, const Target& target) {
    const auto looks = node.value_exact<std::int64_t>();
    if (!looks || *looks < 1 || *looks > 100) return invalid("must be a whole number from 1 to 100");
    target.rotation->failing_looks = static_cast<unsigned>(*looks);
    return {};
}

Result<void> set_flag(const Node& node, bool& into) {
    const auto flag = node.value_exact<bool>();
    if (!flag) return invalid("must be true or false, without quotes");
    into = *flag;
    return {};
}

// One of a few words, which `parse` knows.
template <typename Value>
Result<void> set_word(const Node& node, Value& into, Result<Value> (*parse)(std::string_view)) {
    const auto text = text_of(node);
    if (!text) return text.error();
    const auto value = parse(*text);
    if (!value) return value.error();
    into = *value;
    return {};
}

Result<ActivationCheck> parse_activation_check(std::string_view text) {
    if (text == "customer-dns") return ActivationCheck::customer_dns;
    if (text == "unchecked") return ActivationCheck::unchecked;
    return invalid("'" + std::string(text) + "' is not one of customer-dns, unchecked");
}

Result<void> set_check(const Node& node, const Target& target) {
    return set_word(node, target.config.activation.check, parse_activation_check);
}

Result<void> set_networks(const Node& node, std::vector<std::string>& into) {
    auto texts = texts_of(node);
    if (!texts) return texts.error();
    for (const std::string& text : *texts) {
        if (!dns::check_network(text))
            return invalid("'" + text + "' is not an address range, like 127.0.0.0/8");
    }
    into = std::move(*texts);
    return {};
}

// How long one look may take: longer than a minute, nobody waits.
Result<void> set_deadline(const Node& node, Duration& into) {
    Duration deadline{};
    if (const auto done = set_duration(node, deadline); !done) return done.error();
    if (deadline < std::chrono::seconds(1) || deadline > std::chrono::minutes(1))
        return invalid("must be from 1s to 60s");
    into = deadline;
    return {};
}

// "0s": signatures do not expire. Whether it is long enough is seen once [rotation] is read.
Result<void> set_signature_lifetime(const Node& node, const Target& target) {
    Duration lifetime{};
    if (const auto done = set_duration(node, lifetime); !done) return done.error();
    target.config.sending.signature_lifetime =
        lifetime == Duration(0) ? std::nullopt : std::optional(lifetime);
    return {};
}

template <typename Number>
Result<void> set_number(const Node& node, std::int64_t lowest, std::int64_t highest, Number& into) {
    const auto number = node.value_exact<std::int64_t>();
    if (!number || *number < lowest || *number > highest) {
        return invalid("must be a whole number from " + std::to_string(lowest) + " to " +
                       std::to_string(highest));
    }
    into = static_cast<Number>(*number);
    return {};
}

constexpr std::array table = {
    Option{"zone", "name", [](const Node& n, const Target& t) { return set_name(n, t.zone->name); }},
    Option{"zone", "nameservers", set_nameservers},
    Option{"zone", "hostmaster", set_hostmaster},
    Option{"zone", "records", [](const Node& n, const Target& t) { return set_path(n, t, t.zone->records); }},
    Option{"zone", "ttl", [](const Node& n, const Target& t) { return set_ttl(n, t.zone->ttl); }},
    Option{"zone", "negative_ttl",
           [](const Node& n, const Target& t) { return set_ttl(n, t.zone->negative_ttl); }},
    Option{"zone", "visible_at",
           [](const Node& n, const Target& t) { return set_addresses(n, 53, t.zone->visible_at); }},
    Option{"static_zone", "name",
           [](const Node& n, const Target& t) { return set_name(n, t.static_zone->name); }},
    Option{"static_zone", "file",
           [](const Node& n, const Target& t) { return set_path(n, t, t.static_zone->file); }},
    Option{"backend", "unix", set_socket},
    Option{"backend", "owner", set_owner},
    Option{"backend", "group", set_group},
    Option{"backend", "mode", set_mode},
    Option{"backend", "http",
           [](const Node& n, const Target& t) { return set_listener(n, t.config.backend.http); }},
    Option{"backend", "http_token_file",
           [](const Node& n, const Target& t) { return set_path(n, t, t.config.backend.http_token_file); }},
    Option{"api", "listen", set_listen},
    Option{"api", "allow_any_address",
           [](const Node& n, const Target& t) { return set_flag(n, t.config.api.allow_any_address); }},
    Option{"api", "tls_certificate",
           [](const Node& n, const Target& t) { return set_path(n, t, t.config.api.tls_certificate); }},
    Option{"api", "tls_key",
           [](const Node& n, const Target& t) { return set_path(n, t, t.config.api.tls_key); }},
    Option{"api", "token_file",
           [](const Node& n, const Target& t) { return set_path(n, t, t.config.api.token_file); }},
    Option{"store", "url", set_store},
    Option{"keys", "master_key_file",
           [](const Node& n, const Target& t) { return set_path(n, t, t.config.keys.master_key_file); }},
    Option{"keys", "pool",
           [](const Node& n, const Target& t) { return set_number(n, 0, 100000, t.config.keys.pool); }},
    Option{"rotation", "interval",
           [](const Node& n, const Target& t) { return set_duration(n, t.rotation->interval); }},
    Option{"rotation", "prepublish",
           [](const Node& n, const Target& t) { return set_duration(n, t.rotation->prepublish); }},
    Option{"rotation", "retention",
           [](const Node& n, const Target& t) { return set_duration(n, t.rotation->retention); }},
    Option{"rotation", "jitter",
           [](const Node& n, const Target& t) { return set_duration(n, t.rotation->jitter); }},
    Option{"rotation", "slots", set_slots},
    Option{"rotation", "alternate_at_creation",
           [](const Node& n, const Target& t) {
               return set_word(n, t.rotation->alternate_at_creation, parse_alternate_at_creation);
           }},
    Option{"rotation", "retired",
           [](const Node& n, const Target& t) {
               return set_word(n, t.rotation->retired, parse_retired_record);
           }},
    Option{"rotation", "destroy_private_key_after",
           [](const Node& n, const Target& t) {
               return set_duration(n, t.rotation->destroy_private_key_after);
           }},
    Option{"rotation", "revoke_compromised",
           [](const Node& n, const Target& t) { return set_flag(n, t.rotation->revoke_compromised); }},
    Option{"rotation", "verified_within",
           [](const Node& n, const Target& t) { return set_duration(n, t.rotation->verified_within); }},
    Option{"rotation", "recheck",
           [](const Node& n, const Target& t) { return set_duration(n, t.rotation->recheck); }},
    Option{"rotation", "watch",
           [](const Node& n, const Target& t) { return set_duration(n, t.rotation->watch); }},
    Option{"rotation", "failing_looks", set_failing_looks},
    Option{"rotation", "failing_for",
           [](const Node& n, const Target& t) { return set_duration(n, t.rotation->failing_for); }},
    Option{"rotation", "max_hold",
           [](const Node& n, const Target& t) { return set_duration(n, t.rotation->max_hold); }},
    Option{"rotation", "after_max_hold",
           [](const Node& n,
              const Target& t) { return set_word(n, t.rotation->after_max_hold, parse_after_max_hold); }},
    Option{"rotation", "customer_negative_ttl",
           [](const Node& n, const Target& t) { return set_duration(n, t.rotation->customer_negative_ttl); }},
    Option{"rotation", "stale",
           [](const Node& n, const Target& t) { return set_duration(n, t.rotation->stale); }},
    Option{"rotation", "transit",
           [](const Node& n, const Target& t) { return set_duration(n, t.rotation->transit); }},
    Option{"activation", "check", set_check},
    Option{
        "activation", "resolvers",
        [](const Node& n, const Target& t) { return set_addresses(n, 53, t.config.activation.resolvers); }},
    Option{"activation", "root_hints",
           [](const Node& n, const Target& t) { return set_path(n, t, t.config.activation.root_hints); }},
    Option{"activation", "trust_anchor",
           [](const Node& n, const Target& t) { return set_path(n, t, t.config.activation.trust_anchor); }},
    Option{"activation", "allow",
           [](const Node& n, const Target& t) { return set_networks(n, t.config.activation.allow); }},
    Option{"activation", "forbid",
           [](const Node& n, const Target& t) { return set_networks(n, t.config.activation.forbid); }},
    Option{"activation", "strict",
           [](const Node& n, const Target& t) { return set_flag(n, t.config.activation.strict); }},
    Option{"activation", "deadline",
           [](const Node& n, const Target& t) { return set_deadline(n, t.config.activation.deadline); }},
    Option{"activation", "diagnosis_deadline",
           [](const Node& n,
              const Target& t) { return set_deadline(n, t.config.activation.diagnosis_deadline); }},
    Option{"activation", "looks_at_once",
           [](const Node& n,
              const Target& t) { return set_number(n, 1, 256, t.config.activation.looks_at_once); }},
    Option{"activation", "port",
           [](const Node& n, const Target& t) { return set_number(n, 1, 65535, t.config.activation.port); }},
    Option{"activation", "allow_force",
           [](const Node& n, const Target& t) { return set_flag(n, t.config.activation.allow_force); }},
    Option{"sending", "signature_lifetime", set_signature_lifetime},
    Option{"sending", "lease", set_lease},
    Option{"metrics", "listen",
           [](const Node& n, const Target& t) { return set_listener(n, t.config.metrics.listen); }},
    Option{"metrics", "allow_any_address",
           [](const Node& n, const Target& t) { return set_flag(n, t.config.metrics.allow_any_address); }},
    Option{"webhook", "name", set_webhook_name},
    Option{"webhook", "url", set_webhook_url},
    Option{"webhook", "events", set_webhook_events},
    Option{"webhook", "secret_file",
           [](const Node& n, const Target& t) { return set_path(n, t, t.webhook->secret_file); }},
    Option{"webhook", "timeout", set_webhook_timeout},
    Option{"webhook", "keep",
           [](const Node& n, const Target& t) { return set_duration(n, t.webhook->keep); }},
    Option{"webhook", "ca_file",
           [](const Node& n, const Target& t) { return set_path(n, t, t.webhook->ca_file); }},
    Option{"webhook", "allow_http",
           [](const Node& n, const Target& t) { return set_flag(n, t.webhook->allow_http); }},
    Option{"log", "level",
           [](const Node& n, const Target& t) { return set_word(n, t.config.log.level, parse_log_level); }},
    Option{"log", "format",
           [](const Node& n, const Target& t) { return set_word(n, t.config.log.format, parse_log_format); }},
};

}  // namespace

std::span<const Option> option_table() { return table; }

}  // namespace custdkim
