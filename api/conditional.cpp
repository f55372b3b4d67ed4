#include "api/conditional.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <span>

#include "keys/digest.hpp"

namespace custdkim::api {

namespace {

constexpr std::size_t most_tags = 32;
constexpr std::size_t most_octets_of_key = 128;

bool contains(const std::vector<std::string>& tags, const std::string& tag) {
    return std::find(tags.begin(), tags.end(), tag) != tags.end();
}

nlohmann::ordered_json only(const nlohmann::ordered_json& object,
                            std::initializer_list<const char*> members) {
    nlohmann::ordered_json some;
    for (const char* const member : members) some[member] = object.at(member);
    return some;
}

void skip_blanks(std::string_view& text) {
    while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
}

// etagc of RFC 9110 section 8.8.3, and the quotes around.
std::optional<std::string> take_tag(std::string_view& text) {
    if (!text.starts_with('"')) return std::nullopt;
    const std::size_t end = text.find('"', 1);
    if (end == std::string_view::npos) return std::nullopt;
    std::string tag(text.substr(0, end + 1));
    text.remove_prefix(end + 1);
    const auto fits = [](unsigned char c) { return c > 0x20 && c != 0x7f; };
    return std::all_of(tag.begin(), tag.end(), fits) ? std::optional(tag) : std::nullopt;
}

}  // namespace

std::string entity_tag(const nlohmann::ordered_json& shown) {
    nlohmann::ordered_json facts = shown;
    facts.erase("warnings");  // they say the same in words
    if (auto& rotation = facts["rotation"]; !rotation.is_null()) rotation = only(rotation, {"requested_at"});
    if (auto& hold = facts["hold"]; !hold.is_null()) hold = only(hold, {"since"});
    // What is to be looked at again is due so long after the look before.
    if (auto& next = facts["next"]; !next.is_null() && next.at("action") == "verify") next.erase("due");
    for (auto& slot : facts["slots"]) {
        auto& finding = slot.at("finding");
        if (!finding.is_null()) finding = only(finding, {"outcome", "cause"});
    }
    const Sha256 digest = sha256(facts.dump());
    return '"' + to_hex(std::span(digest).first(16)) + '"';
}

bool EntityTags::match_strongly(const std::string& tag) const { return any || contains(strong, tag); }

bool EntityTags::match_weakly(const std::string& tag) const {
    return match_strongly(tag) || contains(weak, tag);
}

Result<EntityTags> read_entity_tags(std::string_view header) {
    const auto complaint = [] {
        return invalid(
            "If-Match and If-None-Match are '*', or ETags as they were sent: in quotes, with commas between "
            "them");
    };
    EntityTags tags;
    skip_blanks(header);
    if (header == "*") {
        tags.any = true;
        return tags;
    }
    for (;;) {
        const bool is_weak = header.starts_with("W/");
        if (is_weak) header.remove_prefix(2);
        auto tag = take_tag(header);
        if (!tag || tags.strong.size() + tags.weak.size() == most_tags) return complaint();
        (is_weak ? tags.weak : tags.strong).push_back(std::move(*tag));
        skip_blanks(header);
        if (header.empty()) return tags;
        if (header.front() != ',') return complaint();
        header.remove_prefix(1);
        skip_blanks(header);
    }
}

Result<std::string> read_idempotency_key(std::string_view header) {
    std::string_view key = header;
    if (key.size() >= 2 && key.starts_with('"') && key.ends_with('"')) key = key.substr(1, key.size() - 2);
    const auto fits = [](unsigned char c) { return c > 0x20 && c < 0x7f && c != '"' && c != '\\'; };
    if (!key.empty() && key.size() <= most_octets_of_key && std::all_of(key.begin(), key.end(), fits)) {
        return std::string(key);
    }
    return invalid("an Idempotency-Key is a string of 1 to 128 visible characters, like \"8e03978e-40d5\"");
}

}  // namespace custdkim::api
