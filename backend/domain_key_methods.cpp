#include "backend/answers.hpp"
#include "backend/handlers.hpp"

namespace custdkim::backend {

namespace {

std::string_view text_of(const SecretBytes& secret) {
    return {reinterpret_cast<const char*>(secret.data()), secret.size()};
}

SecretBytes secret_of(std::string_view text) {
    return SecretBytes(std::span(reinterpret_cast<const std::uint8_t*>(text.data()), text.size()));
}

void append_key(std::string& out, const DomainKey& key) {
    out += R"({"id":)";
    append_number(out, key.id);
    out += R"(,"flags":)";
    append_number(out, key.flags);
    out += key.active ? R"(,"active":true)" : R"(,"active":false)";
    out += key.published ? R"(,"published":true)" : R"(,"published":false)";
    out += R"(,"content":)";
    append_json_string(out, text_of(key.content));
    out += '}';
}

Result<bool> flag_parameter(const boost::json::object& parameters, std::string_view name) {
    const auto* const value = parameters.if_contains(name);
    const auto* const flag = value ? value->if_bool() : nullptr;
    if (!flag) return invalid("the parameter 'key." + std::string(name) + "' must be true or false");
    return *flag;
}

Result<DomainKey> key_parameter(const Call& call) {
    const auto* const value = call.parameters.if_contains("key");
    const auto* const key = value ? value->if_object() : nullptr;
    if (!key) return invalid("the parameter 'key' must be an object");
    const auto flags = number_parameter(*key, "flags");
    if (!flags) return flags.error();
    if (*flags < 0 || *flags > UINT16_MAX) return invalid("the parameter 'key.flags' is out of range");
    const auto active = flag_parameter(*key, "active");
    if (!active) return active.error();
    // Missing in what PowerDNS before 4.3 sent.
    const auto published =
        key->contains("published") ? flag_parameter(*key, "published") : Result<bool>(true);
    if (!published) return published.error();
    const auto content = text_parameter(*key, "content");
    if (!content) return content.error();
    return DomainKey{0, static_cast<std::uint16_t>(*flags), *active, *published, secret_of(*content)};
}

Result<std::uint32_t> id_parameter(const Call& call) {
    const auto id = number_parameter(call.parameters, "id");
    if (!id) return id.error();
    if (*id < 0 || *id > INT32_MAX) return invalid("the parameter 'id' is out of range");
    return static_cast<std::uint32_t>(*id);
}

// Changes a key of a zone of ours.
template <typename Work>
Result<void> change_key(const Call& call, Reply& reply, Work work) {
    const auto id = id_parameter(call);
    if (!id) return id.error();
    return change_zone(call, reply, [&](Administration& administration, ServedZone& zone) {
        return answer_change(reply, work(administration, zone, *id));
    });
}

Result<void> set_flags(const Call& call, Reply& reply, Administration::KeyFlags flags) {
    return change_key(call, reply, [&](Administration& administration, ServedZone& zone, std::uint32_t id) {
        return administration.change_domain_key(zone, id, flags);
    });
}

}  // namespace

Result<void> get_domain_keys(const Call& call, Reply& reply) {
    const auto zone = zone_parameter(call, "name");
    if (!zone) return zone.error();
    if (!*zone) {
        answer_nothing(reply);
        return {};
    }
    std::vector<DomainKey> keys;
    if (call.parts.administration) {
        auto kept = call.parts.administration->domain_keys(**zone);
        if (!kept) return kept.error();
        keys = std::move(*kept);
    }
    std::size_t size = 0;
    for (const DomainKey& key : keys) size += 2 * key.content.size() + 200;
    reply.hold_secrets(size);
    reply.text += R"({"result":[)";
    for (const DomainKey& key : keys) {
        if (&key != &keys.front()) reply.text += ',';
        append_key(reply.text, key);
    }
    reply.text += "]}";
    return {};
}

Result<void> add_domain_key(const Call& call, Reply& reply) {
    const auto key = key_parameter(call);
    if (!key) return key.error();
    return change_zone(call, reply, [&](Administration& administration, ServedZone& zone) -> Result<void> {
        const auto id = administration.add_domain_key(zone, *key);
        if (!id) return answer_change(reply, id.error());
        reply.text += R"({"result":)";
        append_number(reply.text, *id);
        reply.text += '}';
        return {};
    });
}

Result<void> remove_domain_key(const Call& call, Reply& reply) {
    return change_key(call, reply, [](Administration& administration, ServedZone& zone, std::uint32_t id) {
        return administration.remove_domain_key(zone, id);
    });
}

Result<void> activate_domain_key(const Call& call, Reply& reply) {
    return set_flags(call, reply, {true, {}});
}
Result<void> deactivate_domain_key(const Call& call, Reply& reply) {
    return set_flags(call, reply, {false, {}});
}
Result<void> publish_domain_key(const Call& call, Reply& reply) { return set_flags(call, reply, {{}, true}); }
Result<void> unpublish_domain_key(const Call& call, Reply& reply) {
    return set_flags(call, reply, {{}, false});
}

}  // namespace custdkim::backend
