#include "dns/canonical_order.hpp"

#include "dns/name.hpp"

namespace custdkim::dns {

namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }

// Decodes escapes; what is behind a dot that is not escaped is another label.
template <typename OnOctet, typename OnDot>
void decode(std::string_view canonical, OnOctet on_octet, OnDot on_dot) {
    for (std::size_t i = 0; i < canonical.size(); ++i) {
        if (canonical[i] == '.') {
            on_dot();
        } else if (canonical[i] != '\\' || i + 1 == canonical.size()) {
            on_octet(canonical[i]);
        } else if (is_digit(canonical[i + 1]) && i + 3 < canonical.size()) {
            const auto digit = [&](std::size_t at) { return canonical[i + at] - '0'; };
            on_octet(static_cast<char>(digit(1) * 100 + digit(2) * 10 + digit(3)));
            i += 3;
        } else {
            on_octet(canonical[++i]);
        }
    }
}

}  // namespace

std::vector<std::string> labels_of(std::string_view canonical) {
    std::vector<std::string> labels;
    if (canonical.empty()) return labels;
    labels.emplace_back();
    decode(
        canonical, [&](char octet) { labels.back() += octet; }, [&] { labels.emplace_back(); });
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
    if (canonical.empty()) return wire;
    wire.reserve(max_wire_length);
    std::size_t length = 0;  // where the label's is
    wire += '\0';
    decode(
        canonical,
        [&](char octet) {
            wire += octet;
            ++wire[length];
        },
        [&] {
            length = wire.size();
            wire += '\0';
        });
    return wire;
}

}  // namespace custdkim::dns
