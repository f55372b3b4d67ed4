#include "backend/answers.hpp"
#include "backend/handlers.hpp"

namespace custdkim::backend {

namespace {

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

}  // namespace

Result<void> get_all_domains(const Call& call, Reply& reply) {
    append_domain_infos(call, reply, [](const ServedZone&) { return true; });
    return {};
}

Result<void> get_domain_info(const Call& call, Reply& reply) {
    const auto zone = zone_parameter(call, "name");
    if (!zone) return zone.error();
    if (!*zone) {
        answer_nothing(reply);
        return {};
    }
    reply.text += R"({"result":)";
    append_domain_info(reply.text, **zone);
    reply.text += '}';
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
        answer_nothing(reply);
        return {};
    }
    zone->set_notified_serial(static_cast<Serial>(*serial));  // newer PowerDNS sends it through an int32
    answer_done(reply);
    return {};
}

// There are no secondary zones here.
Result<void> get_unfresh_slave_infos(const Call&, Reply& reply) {
    reply.text += R"({"result":[]})";
    return {};
}

}  // namespace custdkim::backend
