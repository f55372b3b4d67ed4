#include "lab/catalogue/placeholders.hpp"

#include <cstdio>
#include <optional>

#include "base/ascii.hpp"

namespace custdkim::lab {

namespace {

// What is behind the n-th dot; empty if there are fewer.
std::string behind_dot(const std::string& name, int n) {
    std::size_t at = 0;
    for (; n > 0; --n) {
        const std::size_t dot = name.find('.', at);
        if (dot == std::string::npos) return "";
        at = dot + 1;
    }
    return name.substr(at);
}

std::string first_label(const std::string& name) { return name.substr(0, name.find('.')); }

// RFC 1035 section 5.1: strings of at most 255 octets, quoted.
std::string quoted_strings(const std::string& text) {
    std::string quoted = "\"";
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (i > 0 && i % 255 == 0) quoted += "\" \"";
        const auto octet = static_cast<unsigned char>(text[i]);
        if (octet < 0x20 || octet > 0x7e) {
            std::array<char, 5> escaped{};
            std::snprintf(escaped.data(), escaped.size(), "\\%03u", static_cast<unsigned>(octet));
            quoted += escaped.data();
            continue;
        }
        if (octet == '"' || octet == '\\') quoted += '\\';
        quoted += text[i];
    }
    return quoted + "\"";
}

std::optional<std::string> of_slot(std::string_view word, std::size_t slot, const Placeholders& of) {
    if (word == "selector") return of.selectors[slot];
    if (word == "owner") return of.owner(slot);
    if (word == "target") return of.targets[slot];
    if (word == "label") return first_label(behind_dot(of.targets[slot], 1));
    if (word == "suffix") return behind_dot(of.targets[slot], 2);
    if (word == "key") return of.texts[slot];
    if (word == "txt") return quoted_strings(of.texts[slot]);
    return std::nullopt;
}

std::optional<std::string> value_of(std::string_view name, const Placeholders& of) {
    if (name == "domain") return of.domain;
    if (name.empty() || name.back() < '1' || name.back() > '9') return std::nullopt;
    const auto slot = static_cast<std::size_t>(name.back() - '1');
    const std::string_view word = name.substr(0, name.size() - 1);
    if (word == "server" && slot < of.servers.size()) return of.servers[slot];
    return slot < of.targets.size() ? of_slot(word, slot, of) : std::nullopt;
}

std::string to_upper(std::string text) {
    for (char& c : text) {
        if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
    }
    return text;
}

}  // namespace

Result<std::string> fill(std::string_view text, const Placeholders& placeholders) {
    std::string filled;
    while (true) {
        const std::size_t open = text.find('{');
        filled += text.substr(0, open);
        if (open == std::string_view::npos) return filled;
        const std::size_t close = text.find('}', open);
        const std::string name(
            text.substr(open + 1, close == std::string_view::npos ? close : close - open - 1));
        const bool capitals = name == to_upper(name);
        const auto value = value_of(capitals ? to_lower(name) : name, placeholders);
        if (close == std::string_view::npos || !value)
            return invalid("'{" + name.substr(0, 40) +
                           "}' is no placeholder; there are {domain}, {server1} to {server5}, and with 1 or "
                           "2 {selector1}, {owner1}, {target1}, {label1}, {suffix1}, {key1} and {txt1}");
        filled += capitals ? to_upper(*value) : *value;
        text.remove_prefix(close + 1);
    }
}

}  // namespace custdkim::lab
