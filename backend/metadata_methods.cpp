#include "backend/answers.hpp"
#include "backend/handlers.hpp"

namespace custdkim::backend {

namespace {

void append_values(std::string& out, const MetadataValues& values) {
    out += '[';
    for (const std::string& value : values) {
        if (&value != &values.front()) out += ',';
        append_json_string(out, value);
    }
    out += ']';
}

Result<MetadataValues> values_parameter(const Call& call) {
    const auto* const value = call.parameters.if_contains("value");
    const auto* const array = value ? value->if_array() : nullptr;
    if (!array) return invalid("the parameter 'value' must be an array");
    MetadataValues values;
    for (const auto& element : *array) {
        if (!element.is_string()) return invalid("the parameter 'value' must be an array of strings");
        values.emplace_back(element.get_string());
    }
    return values;
}

}  // namespace

// A zone that is not ours has none, which is what PowerDNS makes of `false` as well.
Result<void> get_all_domain_metadata(const Call& call, Reply& reply) {
    const auto zone = zone_parameter(call, "name");
    if (!zone) return zone.error();
    std::map<std::string, MetadataValues> all;
    if (*zone && call.parts.administration) {
        auto kept = call.parts.administration->all_metadata(**zone);
        if (!kept) return kept.error();
        all = std::move(*kept);
    }
    reply.text += R"({"result":{)";
    bool first = true;
    for (const auto& [kind, values] : all) {
        if (!first) reply.text += ',';
        first = false;
        append_json_string(reply.text, kind);
        reply.text += ':';
        append_values(reply.text, values);
    }
    reply.text += "}}";
    return {};
}

Result<void> get_domain_metadata(const Call& call, Reply& reply) {
    const auto kind = text_parameter(call.parameters, "kind");
    if (!kind) return kind.error();
    const auto zone = zone_parameter(call, "name");
    if (!zone) return zone.error();
    MetadataValues values;
    if (*zone && call.parts.administration) {
        auto kept = call.parts.administration->metadata(**zone, *kind);
        if (!kept) return kept.error();
        values = std::move(*kept);
    }
    reply.text += R"({"result":)";
    append_values(reply.text, values);
    reply.text += '}';
    return {};
}

Result<void> set_domain_metadata(const Call& call, Reply& reply) {
    const auto kind = text_parameter(call.parameters, "kind");
    if (!kind) return kind.error();
    const auto values = values_parameter(call);
    if (!values) return values.error();
    return change_zone(call, reply, [&](Administration& administration, ServedZone& zone) {
        return answer_change(reply, administration.set_metadata(zone, *kind, *values));
    });
}

}  // namespace custdkim::backend
