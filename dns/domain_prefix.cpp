#include "dns/domain_prefix.hpp"

#include <algorithm>

#include "base/ascii.hpp"
#include "dns/customer_domain.hpp"

namespace custdkim::dns {

namespace {

constexpr std::size_t max_typed = 1024;
constexpr std::size_t max_length = max_wire_length - 2;  // as text
constexpr std::string_view ace_prefix = "xn--";

bool is_ascii(char c) { return static_cast<unsigned char>(c) < 0x80; }

// RFC 3490 section 3.1: what else is typed as a dot.
std::string with_plain_dots(std::string_view typed) {
    std::string text(typed);
    for (const std::string_view dot : {"。", "．", "｡"}) {
        for (std::size_t at = text.find(dot); at != std::string::npos; at = text.find(dot, at)) {
            text.replace(at, dot.size(), ".");
        }
    }
    return text;
}

// A label that may go on: letters, digits and hyphens, but none in front.
bool begins_label(std::string_view text) {
    if (text.size() > max_label_length || text.starts_with('-')) return false;
    return std::all_of(text.begin(), text.end(),
                       [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-'; });
}

// The last label, which may go on, as the beginning of an A-label and of a U-label.
struct Open {
    std::string text, unicode;
};

Result<Open> read_open_label(const std::string& typed) {
    if (std::all_of(typed.begin(), typed.end(), is_ascii)) return Open{to_lower(typed), ""};
    std::string whole = typed;
    while (whole.ends_with('-')) whole.pop_back();  // IDNA wants no hyphen at the end
    const auto ascii = to_a_labels(whole);
    if (!ascii) return ascii.error();
    const auto name = Name::parse(*ascii);
    if (!name) return name.error();
    const std::string hyphens = typed.substr(whole.size());
    if (!ascii->starts_with(ace_prefix)) return Open{*ascii + hyphens, ""};  // full-width letters, say
    Open open{std::string(ace_prefix), to_unicode(*name) + hyphens};
    std::copy_if(open.unicode.begin(), open.unicode.end(), std::back_inserter(open.text), is_ascii);
    return open;
}

bool are_host_labels(const Name& name) {
    for (std::string_view rest = name.text(); !rest.empty(); rest = parent(rest)) {
        if (!is_host_label(rest.substr(0, rest.find('.')))) return false;
    }
    return true;
}

}  // namespace

bool DomainPrefix::fits(const Name& domain) const {
    return domain.text().starts_with(text) && (unicode.empty() || to_unicode(domain).starts_with(unicode));
}

Result<DomainPrefix> read_domain_prefix(std::string_view typed) {
    if (typed.empty()) return invalid("there is nothing to search for; give how the domain begins");
    if (typed.size() > max_typed) return invalid("that is longer than domains are (253 characters)");
    if (typed.find('\0') != std::string_view::npos) return invalid("no domain has a NUL character");
    std::string text = with_plain_dots(typed);
    const auto complaint = [shown = text](const std::string& why) {
        return invalid("no domain begins with '" + shown + "': " + why);
    };
    if (text.size() > 1 && text.ends_with('.')) text.pop_back();
    if (text.ends_with('.')) return complaint("a label is empty");
    const std::size_t dot = text.rfind('.');
    DomainPrefix prefix;
    if (dot != std::string::npos) {
        if (dot == 0) return complaint("a label is empty");
        const auto ascii = to_a_labels(text.substr(0, dot));
        if (!ascii) return complaint(ascii.error().detail);
        const auto whole = Name::parse(*ascii);
        if (!whole) return complaint(whole.error().detail);
        if (whole->is_root() || ascii->ends_with('.')) return complaint("a label is empty");
        if (!are_host_labels(*whole)) return complaint("labels have letters, digits and inner hyphens");
        prefix.text = whole->text() + ".";
        prefix.unicode = to_unicode(*whole) + ".";
    }
    const auto open = read_open_label(text.substr(dot == std::string::npos ? 0 : dot + 1));
    if (!open) return complaint(open.error().detail);
    if (!begins_label(open->text)) return complaint("labels have letters, digits and inner hyphens");
    prefix.text += open->text;
    prefix.unicode = open->unicode.empty() ? "" : prefix.unicode + open->unicode;
    if (prefix.text.size() > max_length) return complaint("domains have at most 253 characters");
    return prefix;
}

}  // namespace custdkim::dns
