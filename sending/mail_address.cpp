#include "sending/mail_address.hpp"

#include <algorithm>

#include "base/ascii.hpp"
#include "dns/customer_domain.hpp"

namespace custdkim {

namespace {

// RFC 5322 section 3.2.3, and octets of UTF-8.
bool is_atom_octet(char c) {
    const auto octet = static_cast<unsigned char>(c);
    constexpr std::string_view others = "!#$%&'*+-/=?^_`{|}~";
    return octet >= 0x80 || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           others.find(c) != others.npos;
}

bool is_dot_atom(std::string_view text) {
    if (text.empty() || text.front() == '.' || text.back() == '.' || text.find("..") != text.npos) {
        return false;
    }
    return std::all_of(text.begin(), text.end(), [](char c) { return c == '.' || is_atom_octet(c); });
}

}  // namespace

Result<MailAddress> read_address(std::string_view typed) {
    const std::string shown(typed.substr(0, 320));
    const std::size_t at = typed.rfind('@');
    if (at == typed.npos) return invalid("'" + shown + "' is no mail address: it has no @");
    const std::string_view local = typed.substr(0, at);
    if (!is_dot_atom(local)) {
        return invalid("'" + shown +
                       "' is no mail address as we take them: before the @ there may be letters, digits and "
                       "!#$%&'*+-/=?^_`{|}~, with single dots between");
    }
    if (local.size() > max_local_part_octets) {
        return invalid("'" + shown + "' has more than 64 octets before the @ (RFC 5321 section 4.5.3.1.1)");
    }
    const auto domain = dns::read_customer_domain(typed.substr(at + 1));
    if (!domain) return domain.error();
    return MailAddress{to_lower(std::string(local)), *domain};
}

}  // namespace custdkim
