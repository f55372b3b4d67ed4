#include "lab/serving/resolver_options.hpp"

#include <array>

#include "dns/server_address.hpp"

namespace custdkim::lab {

namespace {

using Node = toml::node;
using Target = ResolverOptionTarget;

Result<std::string> text_of(const Node& node) {
    if (const auto text = node.value_exact<std::string>()) return *text;
    return invalid("must be a string, in quotes");
}

Result<void> set_flag(const Node& node, bool& into) {
    const auto flag = node.value_exact<bool>();
    if (!flag) return invalid("must be true or false, without quotes");
    into = *flag;
    return {};
}

Result<void> set_path(const Node& node, const Target& target, std::filesystem::path& into) {
    const auto text = text_of(node);
    if (!text) return text.error();
    if (text->empty()) return invalid("must be a path");
    into = target.directory / *text;
    return {};
}

Result<dns::ServerAddress> address_of(const Node& node, std::optional<std::uint16_t> default_port) {
    const auto text = text_of(node);
    if (!text) return text.error();
    return dns::parse_server_address(*text, default_port);
}

Result<void> set_listen(const Node& node, const Target& target) {
    const auto* const array = node.as_array();
    if (!array || array->empty()) return invalid("must be a list of addresses, like [\"127.0.0.1:5300\"]");
    std::vector<dns::ServerAddress> addresses;
    for (const Node& element : *array) {
        const auto address = address_of(element, 53);
        if (!address) return address.error();
        if (!addresses.empty() && address->port != addresses.front().port) {
            return invalid("must have the same port for all addresses");
        }
        addresses.push_back(*address);
    }
    target.config.listen = std::move(addresses);
    return {};
}

Result<void> set_upstream(const Node& node, const Target& target) {
    const auto text = text_of(node);
    if (text && text->empty()) return {};
    const auto address = address_of(node, 53);
    if (!address) return address.error();
    target.config.upstream = *address;
    return {};
}

Result<void> set_network(const Node& node, const Target& target) {
    const auto text = text_of(node);
    if (!text) return text.error();
    if (!dns::is_loopback(*text) || !text->ends_with(".0.0")) {
        return invalid("must be a network of loopback with 16 bits for servers, like \"127.53.0.0\"");
    }
    target.config.network = *text;
    return {};
}

Result<void> set_authority_port(const Node& node, const Target& target) {
    const auto port = node.value_exact<std::int64_t>();
    if (!port || *port < 0 || *port > 65535) return invalid("must be a port, from 0 to 65535");
    target.config.authority_port = static_cast<std::uint16_t>(*port);
    return {};
}

Result<void> set_customer_servers(const Node& node, const Target& target) {
    const auto count = node.value_exact<std::int64_t>();
    if (!count || *count < 1 || *count > 250) return invalid("must be a number from 1 to 250");
    target.config.customer_servers = static_cast<unsigned>(*count);
    return {};
}

Result<void> set_zone_name(const Node& node, const Target& target) {
    const auto text = text_of(node);
    if (!text) return text.error();
    const auto name = dns::Name::parse(*text);
    if (!name) return name.error();
    if (name->is_root()) return invalid("must not be the root");
    target.zone->name = *name;
    return {};
}

Result<void> set_zone_server(const Node& node, const Target& target) {
    const auto address = address_of(node, 53);
    if (!address) return address.error();
    target.zone->server = *address;
    return {};
}

Result<void> set_api(const Node& node, const Target& target) {
    const auto text = text_of(node);
    if (!text) return text.error();
    if (!text->starts_with("http://") && !text->starts_with("https://")) {
        return invalid("must be a URL, like \"http://127.0.0.1:8080\"");
    }
    target.config.service_api = *text;
    return {};
}

Result<void> set_control(const Node& node, const Target& target) {
    const auto address = address_of(node, std::nullopt);
    if (!address) return address.error();
    target.config.control = *address;
    return {};
}

Result<void> set_clock(const Node& node, const Target& target) {
    constexpr std::array<std::pair<std::string_view, ClockKind>, 3> kinds = {
        {{"system", ClockKind::system},
         {"frozen", ClockKind::frozen},
         {"accelerated", ClockKind::accelerated}}};
    const auto text = text_of(node);
    if (!text) return text.error();
    for (const auto& kind : kinds) {
        if (kind.first != *text) continue;
        target.config.clock = kind.second;
        return {};
    }
    return invalid("must be \"system\", \"frozen\" or \"accelerated\"");
}

Result<void> set_start(const Node& node, const Target& target) {
    namespace chrono = std::chrono;
    const auto complaint = [] {
        return invalid("must be a time in UTC without quotes, like 2026-01-01T00:00:00Z");
    };
    const auto time = node.value_exact<toml::date_time>();
    if (!time || !time->offset || time->offset->minutes != 0) return complaint();
    const chrono::year_month_day day(chrono::year(time->date.year), chrono::month(time->date.month),
                                     chrono::day(time->date.day));
    if (!day.ok()) return complaint();
    target.config.start = chrono::sys_days(day) + chrono::hours(time->time.hour) +
                          chrono::minutes(time->time.minute) + chrono::seconds(time->time.second);
    return {};
}

Result<void> set_rate(const Node& node, const Target& target) {
    constexpr double most = 31'536'000;  // a year in a second
    const auto rate = node.value<double>();
    if (!rate || !(*rate > 0) || *rate > most) {
        return invalid("must be a number above 0: how many seconds pass in one, at most 31536000");
    }
    target.config.rate = *rate;
    return {};
}

constexpr std::array table = {
    ResolverOption{"resolver", "listen", set_listen},
    ResolverOption{"resolver", "allow_any_address",
                   [](const Node& n, const Target& t) { return set_flag(n, t.config.allow_any_address); }},
    ResolverOption{"resolver", "upstream", set_upstream},
    ResolverOption{"authority", "enabled",
                   [](const Node& n, const Target& t) { return set_flag(n, t.config.has_authority); }},
    ResolverOption{"authority", "network", set_network},
    ResolverOption{"authority", "port", set_authority_port},
    ResolverOption{"authority", "customer_servers", set_customer_servers},
    ResolverOption{"authority", "only_infrastructure",
                   [](const Node& n, const Target& t) { return set_flag(n, t.config.only_infrastructure); }},
    ResolverOption{"key_zone", "name", set_zone_name},
    ResolverOption{"key_zone", "server", set_zone_server},
    ResolverOption{"service", "api", set_api},
    ResolverOption{
        "service", "token_file",
        [](const Node& n, const Target& t) { return set_path(n, t, t.config.service_token_file); }},
    ResolverOption{"control", "listen", set_control},
    ResolverOption{
        "control", "allow_any_address",
        [](const Node& n, const Target& t) { return set_flag(n, t.config.allow_any_control_address); }},
    ResolverOption{
        "control", "token_file",
        [](const Node& n, const Target& t) { return set_path(n, t, t.config.control_token_file); }},
    ResolverOption{"clock", "kind", set_clock},
    ResolverOption{"clock", "start", set_start},
    ResolverOption{"clock", "rate", set_rate},
    ResolverOption{"catalogue", "folder",
                   [](const Node& n, const Target& t) { return set_path(n, t, t.config.catalogue); }},
};

}  // namespace

std::span<const ResolverOption> resolver_options() { return table; }

}  // namespace custdkim::lab
