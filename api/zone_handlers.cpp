#include "api/zone_handlers.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "api/handling.hpp"
#include "api/list_query.hpp"
#include "api/problem.hpp"
#include "api/record_page.hpp"

namespace custdkim::api {

using nlohmann::ordered_json;

namespace {

constexpr std::size_t max_records = 10000;  // of a page

// Whether PowerDNS has a key of the zone that it signs with.
Result<bool> is_secured(const Router::Context& context, const ServedZone& zone) {
    const auto keys = context.parts.administration.domain_keys(zone);
    if (!keys) return keys.error();
    return std::any_of(keys->begin(), keys->end(), [](const DomainKey& key) { return key.active; });
}

ordered_json zone_json(const Router::Context& context, const ServedZone& zone, bool secured) {
    const bool is_key_zone = context.parts.zones.find_key_zone(zone.name()) != nullptr;
    return {{"name", zone.name().text()},
            {"kind", is_key_zone ? "key" : "static"},
            {"serial", zone.serial()},
            {"records", zone.record_count()},
            {"secured", secured}};
}

Result<const ServedZone*> find_zone(const Router::Context& context) {
    const auto name = dns::Name::parse(context.argument);
    const ServedZone* const zone = name ? context.parts.zones.find(*name) : nullptr;
    if (zone) return zone;
    return Error{Errc::not_found, "there is no zone '" + context.argument.substr(0, 255) +
                                      "' here; 'custdkim zone list' shows those that there are"};
}

Result<PageRequest> read_page_request(const http::Request& request) {
    PageRequest page;
    for (const auto& [name, value] : request.query) {
        const auto taken = take_page_parameter(name, value, max_records, page.limit, page.after);
        if (!taken) return taken.error();
        if (!*taken) return no_such_parameter(name, "after and limit");
    }
    return page;
}

}  // namespace

http::Response list_zones(const Router::Context& context) {
    ordered_json zones = ordered_json::array();
    for (const ServedZone* const zone : context.parts.zones.all()) {
        const auto secured = is_secured(context, *zone);
        if (!secured) return problem(secured.error());
        zones.push_back(zone_json(context, *zone, *secured));
    }
    return json(200, {{"zones", std::move(zones)}});
}

http::Response show_zone(const Router::Context& context) {
    const auto zone = find_zone(context);
    if (!zone) return problem(zone.error());
    const auto secured = is_secured(context, **zone);
    return secured ? json(200, zone_json(context, **zone, *secured)) : problem(secured.error());
}

http::Response list_records(const Router::Context& context) {
    const auto zone = find_zone(context);
    if (!zone) return problem(zone.error());
    const auto request = read_page_request(context.request);
    if (!request) return problem(request.error());
    const auto page = record_page(**zone, *request);
    if (page) return json(200, *page, Layout::compact);
    return problem(409, "conflict",
                   "the zone has changed: the name that 'after' gives is not in it any more; begin again");
}

http::Response reload_zones(const Router::Context& context) {
    const Zones::Reload outcome = context.parts.reload();
    if (outcome.problems.empty()) return json(200, {{"changed", outcome.changed}});
    return problem(
        422, "invalid",
        "zone files are broken; their zones keep their last good contents: " + outcome.problems.front(),
        {{"problems", outcome.problems}, {"changed", outcome.changed}});
}

}  // namespace custdkim::api
