#include "backend/answers.hpp"
#include "backend/handlers.hpp"
#include "backend/record_json.hpp"
#include "backend/record_search.hpp"

namespace custdkim::backend {

namespace {

// A relative name with its dot, "." for the apex.
void append_relative(std::string& out, std::string_view relative) {
    append_json_string(out, std::string(relative) + ".");
}

}  // namespace

Result<void> initialize(const Call&, Reply& reply) {
    answer_done(reply);
    return {};
}

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

Result<void> list(const Call& call, Reply& reply) {
    const auto zone = zone_parameter(call, "zonename");
    if (!zone) return zone.error();
    if (!*zone) {
        answer_nothing(reply);
        return {};
    }
    reply.text += R"({"result":[)";
    RecordJson records(reply, (*zone)->id());
    (*zone)->list(records);
    reply.text += "]}";
    return {};
}

// What PowerDNS makes a proof of non-existence of. `unhashed` is absolute, and what it is about; the others
// are relative to the zone, or hashes.
Result<void> get_before_and_after_names(const Call& call, Reply& reply) {
    const auto id = number_parameter(call.parameters, "id");
    if (!id) return id.error();
    const auto name = name_parameter(call.parameters, "qname", call.scratch);
    if (!name) return name.error();
    const ServedZone* const zone =
        *id >= 0 && *id <= INT32_MAX ? call.parts.zones.find(static_cast<std::uint32_t>(*id)) : nullptr;
    if (!zone) return invalid("no zone has the id " + std::to_string(*id));
    const auto neighbours = zone->neighbours(*name);
    if (!neighbours) {
        return Error{Errc::unavailable,
                     zone->name().text() + " has no names in the order that was asked for"};
    }
    reply.text += R"({"result":{"unhashed":)";
    const std::string& owner = neighbours->owner;
    append_json_string(reply.text, owner + (owner.empty() ? "" : ".") + zone->name().text() + ".");
    reply.text += R"(,"before":)";
    append_relative(reply.text, neighbours->before);
    reply.text += R"(,"after":)";
    append_relative(reply.text, neighbours->after);
    reply.text += "}}";
    return {};
}

Result<void> search_records(const Call& call, Reply& reply) {
    const auto pattern = text_parameter(call.parameters, "pattern");
    if (!pattern) return pattern.error();
    const auto most = number_parameter(call.parameters, "maxResults");
    if (!most) return most.error();
    if (pattern->size() > longest_pattern)
        return invalid("the parameter 'pattern' is longer than 512 octets");
    reply.text += R"({"result":[)";
    RecordSearch search(reply, *pattern, *most > 0 ? static_cast<std::uint64_t>(*most) : 0);
    for (const ServedZone* const zone : call.parts.zones.all()) {
        if (search.is_full()) break;
        search.enter(*zone);
        zone->list(search);
    }
    reply.text += "]}";
    return {};
}

}  // namespace custdkim::backend
