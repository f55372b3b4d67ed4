#include "backend/methods.hpp"

#include <algorithm>
#include <array>

#include "backend/parameters.hpp"
#include "backend/record_json.hpp"

namespace custdkim::backend {

namespace {

constexpr std::string_view nothing = R"({"result":false})";

void append_domain_info(std::string& out, const ServedZone& zone) {
    out += R"({"id":)";
    append_number(out, zone.id());
    out += R"(,"zone":)";
    append_json_string(out, zone.name().text() + ".");
    // Always a primary: without it PowerDNS never asks which zones need a NOTIFY.
    out += R"(,"kind":"master","masters":[],"serial":)";
    append_number(out, zone.serial());
    out += R"(,"notified_serial":)";
    append_number(out, zone.notified_serial());
    out += R"(,"last_check":0})";
}

template <typename Wanted>
void append_domain_infos(const Call& call, Reply& reply, Wanted wanted) {
    reply.text += R"({"result":[)";
    bool first = true;
    for (const ServedZone* const zone : call.parts.zones.all()) {
        if (!wanted(*zone)) continue;
        if (!first) reply.text += ',';
        first = false;
        append_domain_info(reply.text, *zone);
    }
    reply.text += "]}";
}

Result<void> initialize(const Call&, Reply& reply) {
    reply.text += R"({"result":true})";
    return {};
}

Result<void> lookup(const Call& call, Reply& reply) {
    const auto type = text_parameter(call.parameters, "qtype");
    if (!type) return type.error();
    const auto name = name_parameter(call.parameters, "qname", call.scratch);
    if (!name) return name.error();
    std::int64_t zone_id = -1;
    if (call.parameters.contains("zone-id")) {
        const auto number = number_parameter(call.parameters, "zone-id");
        if (!number) return number.error();
        zone_id = *number;
    }
    answer_lookup(call.parts.zones, *name, *type, zone_id, reply);
    return {};
}

Result<const ServedZone*> zone_parameter(const Call& call, std::string_view parameter) {
    const auto name = name_parameter(call.parameters, parameter, call.scratch);
    if (!name) return name.error();
    for (const ServedZone* const zone : call.parts.zones.all()) {
        if (zone->name().text() == *name) return zone;
    }
    return nullptr;
}

Result<void> list(const Call& call, Reply& reply) {
    const auto zone = zone_parameter(call, "zonename");
    if (!zone) return zone.error();
    if (!*zone) {
        reply.text += nothing;
        return {};
    }
    reply.text += R"({"result":[)";
    RecordJson records(reply, (*zone)->id());
    (*zone)->list(records);
    reply.text += "]}";
    return {};
}

Result<void> get_all_domains(const Call& call, Reply& reply) {
    append_domain_infos(call, reply, [](const ServedZone&) { return true; });
    return {};
}

Result<void> get_domain_info(const Call& call, Reply& reply) {
    const auto zone = zone_parameter(call, "name");
    if (!zone) return zone.error();
    if (!*zone) {
        reply.text += nothing;
        return {};
    }
    reply.text += R"({"result":)";
    append_domain_info(reply.text, **zone);
    reply.text += '}';
    return {};
}

Result<void> get_all_domain_metadata(const Call& call, Reply& reply) {
    if (const auto name = text_parameter(call.parameters, "name"); !name) return name.error();
    reply.text += R"({"result":{}})";
    return {};
}

Result<void> get_domain_metadata(const Call& call, Reply& reply) {
    for (const std::string_view parameter : {"name", "kind"}) {
        if (const auto text = text_parameter(call.parameters, parameter); !text) return text.error();
    }
    reply.text += R"({"result":[]})";
    return {};
}

Result<void> get_updated_masters(const Call& call, Reply& reply) {
    append_domain_infos(call, reply,
                        [](const ServedZone& zone) { return zone.serial() != zone.notified_serial(); });
    return {};
}

Result<void> set_notified(const Call& call, Reply& reply) {
    const auto id = number_parameter(call.parameters, "id");
    if (!id) return id.error();
    const auto serial = number_parameter(call.parameters, "serial");
    if (!serial) return serial.error();
    ServedZone* const zone =
        *id >= 0 && *id <= INT32_MAX ? call.parts.zones.find(static_cast<std::uint32_t>(*id)) : nullptr;
    if (!zone) {  // not an error: a reply without a result ends the thread that asks, and PowerDNS with it
        reply.text += nothing;
        return {};
    }
    zone->set_notified_serial(static_cast<Serial>(*serial));  // newer PowerDNS sends it through an int32
    reply.text += R"({"result":true})";
    return {};
}

constexpr std::array table = {
    Method{"initialize", initialize},
    Method{"lookup", lookup},
    Method{"APILookup", lookup},  // since 5.0
    Method{"list", list},
    Method{"getAllDomains", get_all_domains},
    Method{"getDomainInfo", get_domain_info},
    Method{"getAllDomainMetadata", get_all_domain_metadata},
    Method{"getDomainMetadata", get_domain_metadata},
    Method{"getUpdatedMasters", get_updated_masters},
    Method{"setNotified", set_notified},
};

}  // namespace

void answer_lookup(const Zones& zones, std::string_view name, std::string_view type, std::int64_t zone_id,
                   Reply& reply) {
    std::optional<std::uint32_t> id;
    if (zone_id >= 0 && zone_id <= INT32_MAX) id = static_cast<std::uint32_t>(zone_id);
    reply.text += R"({"result":[)";
    if (const auto match = zones.match(name, id)) {
        RecordJson records(reply, match->zone->id());
        match->zone->lookup(match->relative, type, records);
    }
    reply.text += "]}";
}

std::span<const Method> methods() { return table; }

const Method* find_method(std::string_view name) {
    const auto found =
        std::find_if(table.begin(), table.end(), [&](const Method& m) { return m.name == name; });
    return found == table.end() ? nullptr : &*found;
}

}  // namespace custdkim::backend
