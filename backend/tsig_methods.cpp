#include "backend/answers.hpp"
#include "backend/handlers.hpp"

namespace custdkim::backend {

namespace {

std::string_view text_of(const SecretBytes& secret) {
    return {reinterpret_cast<const char*>(secret.data()), secret.size()};
}

// The rest of an object that has begun.
void append_algorithm_and_content(std::string& out, const TsigKey& key) {
    out += R"("algorithm":)";
    append_json_string(out, key.algorithm);
    out += R"(,"content":)";
    append_json_string(out, text_of(key.secret));
    out += '}';
}

std::size_t size_of(const TsigKey& key) { return 200 + 2 * key.secret.size() + 4 * key.name.size(); }

}  // namespace

Result<void> get_tsig_key(const Call& call, Reply& reply) {
    const auto name = name_parameter(call.parameters, "name", call.scratch);
    if (!name) return name.error();
    std::optional<TsigKey> key;
    if (call.parts.administration) {
        auto kept = call.parts.administration->tsig_key(*name);
        if (!kept) return kept.error();
        key = std::move(*kept);
    }
    if (!key) {
        answer_nothing(reply);
        return {};
    }
    reply.hold_secrets(size_of(*key));
    reply.text += R"({"result":{)";
    append_algorithm_and_content(reply.text, *key);
    reply.text += '}';
    return {};
}

Result<void> get_tsig_keys(const Call& call, Reply& reply) {
    std::vector<TsigKey> keys;
    if (call.parts.administration) {
        auto kept = call.parts.administration->tsig_keys();
        if (!kept) return kept.error();
        keys = std::move(*kept);
    }
    std::size_t size = 0;
    for (const TsigKey& key : keys) size += size_of(key);
    reply.hold_secrets(size);
    reply.text += R"({"result":[)";
    for (const TsigKey& key : keys) {
        reply.text += &key == &keys.front() ? R"({"name":)" : R"(,{"name":)";
        append_json_string(reply.text, key.name + ".");
        reply.text += ',';
        append_algorithm_and_content(reply.text, key);
    }
    reply.text += "]}";
    return {};
}

Result<void> set_tsig_key(const Call& call, Reply& reply) {
    TsigKey key;
    const auto name = name_parameter(call.parameters, "name", call.scratch);
    if (!name) return name.error();
    key.name = *name;
    const auto algorithm = name_parameter(call.parameters, "algorithm", call.scratch);
    if (!algorithm) return algorithm.error();
    key.algorithm = *algorithm;
    const auto secret = text_parameter(call.parameters, "content");
    if (!secret) return secret.error();
    key.secret =
        SecretBytes(std::span(reinterpret_cast<const std::uint8_t*>(secret->data()), secret->size()));
    const auto administration = administration_of(call);
    if (!administration) return administration.error();
    return answer_change(reply, (*administration)->set_tsig_key(key));
}

Result<void> delete_tsig_key(const Call& call, Reply& reply) {
    const auto name = name_parameter(call.parameters, "name", call.scratch);
    if (!name) return name.error();
    const auto administration = administration_of(call);
    if (!administration) return administration.error();
    return answer_change(reply, (*administration)->remove_tsig_key(*name));
}

}  // namespace custdkim::backend
