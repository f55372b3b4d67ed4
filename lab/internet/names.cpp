#include "lab/internet/names.hpp"

namespace custdkim::lab {

Suffixes::Suffixes(std::string_view name) : name_(name) {
    std::size_t at = 0;
    while (at < name.size() && name[at] != 0 && count_ + 1 < starts_.size()) {
        starts_[count_++] = static_cast<std::uint8_t>(at);
        at += 1 + static_cast<std::uint8_t>(name[at]);
    }
    starts_[count_] = static_cast<std::uint8_t>(at);
}

std::string sort_key(std::string_view name) {
    const Suffixes suffixes(name);
    std::string key;
    key.reserve(name.size() + 8);
    for (std::size_t labels = 1; labels <= suffixes.labels(); ++labels) {
        const std::string_view suffix = suffixes.of(labels);
        // A label's end sorts before every octet; 0 and 1 make room for it.
        for (const char octet : suffix.substr(1, static_cast<std::uint8_t>(suffix[0]))) {
            if (octet == 0 || octet == 1) {
                key += '\1';
                key += static_cast<char>(octet + 1);
            } else {
                key += octet;
            }
        }
        key += '\0';
    }
    return key;
}

WireName below(std::string_view label, std::string_view name) {
    WireName result;
    result.reserve(1 + label.size() + name.size());
    result += static_cast<char>(label.size());
    result += label;
    result += name;
    return result;
}

}  // namespace custdkim::lab
