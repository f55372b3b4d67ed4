#include "activation/provider.hpp"

#include <algorithm>

namespace custdkim::activation {

namespace {

// What people get wrong while they fill in the form: how to fill it in is the hint.
constexpr std::string_view form_causes[] = {
    "domainkey-missing",  "dot-missing",        "doubled-domain", "labels-reversed", "not-published",
    "one-label-too-deep", "quoted-target",      "selector-typo",  "space-in-target", "target-as-text",
    "target-typo",        "underscore-missing", "url-as-target",  "wrong-level",     "one-selector-missing",
};

// A label of a pattern: at most one "*" in it stands for any characters ("awsdns-*").
bool label_fits(std::string_view label, std::string_view pattern) {
    const std::size_t star = pattern.find('*');
    if (star == std::string_view::npos) return label == pattern;
    const std::string_view front = pattern.substr(0, star), back = pattern.substr(star + 1);
    return label.size() >= front.size() + back.size() && label.starts_with(front) && label.ends_with(back);
}

// The last label, which is then taken off. Host names have no escaped dots.
std::string_view take_last(std::string_view& name) {
    const std::size_t dot = name.rfind('.');
    const std::string_view last = dot == std::string_view::npos ? name : name.substr(dot + 1);
    name = dot == std::string_view::npos ? std::string_view() : name.substr(0, dot);
    return last;
}

bool at_or_below(const dns::Name& server, const dns::Name& pattern) {
    std::string_view name = server.text(), wanted = pattern.text();
    while (!wanted.empty()) {
        if (name.empty() || !label_fits(take_last(name), take_last(wanted))) return false;
    }
    return true;
}

bool runs(const Provider& provider, const dns::Name& server) {
    const auto& patterns = provider.name_servers;
    return std::any_of(patterns.begin(), patterns.end(),
                       [&](const dns::Name& pattern) { return at_or_below(server, pattern); });
}

}  // namespace

const Provider* provider_of(std::span<const dns::Name> name_servers, const std::vector<Provider>& providers) {
    for (const Provider& provider : providers) {
        const auto theirs = std::count_if(name_servers.begin(), name_servers.end(),
                                          [&](const dns::Name& server) { return runs(provider, server); });
        if (theirs * 2 > static_cast<std::ptrdiff_t>(name_servers.size())) return &provider;
    }
    return nullptr;
}

std::string hint(const Provider& provider, const std::string& cause) {
    if (const auto own = provider.hints.find(cause); own != provider.hints.end()) return own->second;
    const bool about_the_form =
        std::find(std::begin(form_causes), std::end(form_causes), cause) != std::end(form_causes);
    return about_the_form ? provider.entering : "";
}

}  // namespace custdkim::activation
