#include "dns/canonical_order.hpp"

#include <algorithm>

#include "dns/name.hpp"

namespace custdkim::dns {

namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }

}  // namespace

std::vector<std::string> labels_of(std::string_view canonical) {
    std::vector<std::string> labels;
    if (canonical.empty()) return labels;
    labels.emplace_back();
    for (std::size_t i = 0; i < canonical.size(); ++i) {
        if (canonical[i] == '.') {
            labels.emplace_back();
        } else if (canonical[i] != '\\' || i + 1 == canonical.size()) {
            labels.back() += canonical[i];
        } else if (is_digit(canonical[i + 1]) && i + 3 < canonical.size()) {
            const auto digit = [&](std::size_t at) { return canonical[i + at] - '0'; };
            labels.back() += static_cast<char>(digit(1) * 100 + digit(2) * 10 + digit(3));
            i += 3;
        } else {
            labels.back() += canonical[++i];
        }
    }
    return labels;
}

// Labels from the right, each closed by a 0, which sorts before all octets: so 0 and 1 become 1 1 and 1 2.
std::string order_key(std::string_view canonical) {
    std::string key;
    const std::vector<std::string> labels = labels_of(canonical);
    for (auto label = labels.rbegin(); label != labels.rend(); ++label) {
        for (const char octet : *label) {
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

std::string wire_labels(std::string_view canonical) {
    std::string wire;
    for (const std::string& label : labels_of(canonical)) {
        wire += static_cast<char>(std::min(label.size(), max_label_length));
        wire += label.substr(0, max_label_length);
    }
    return wire;
}

}  // namespace custdkim::dns
