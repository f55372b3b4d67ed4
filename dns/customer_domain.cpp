#include "dns/customer_domain.hpp"

#include <arpa/inet.h>
#include <idn2.h>
#include <libpsl.h>

#include <algorithm>
#include <cstdlib>
#include <memory>

namespace custdkim::dns {

namespace {

// Domains are at most 253 characters of A-labels; anything much longer is not worth looking at.
constexpr std::size_t max_typed = 1024;

bool is_ip_address(std::string text) {
    if (text.size() > 2 && text.front() == '[' && text.back() == ']') text = text.substr(1, text.size() - 2);
    unsigned char address[sizeof(in6_addr)];
    return inet_pton(AF_INET, text.c_str(), address) == 1 || inet_pton(AF_INET6, text.c_str(), address) == 1;
}

// The newest list there is: Debian's package "publicsuffix" where it is installed, else the built-in one.
const psl_ctx_t* public_suffixes() {
    static const std::unique_ptr<psl_ctx_t, decltype(&psl_free)> list(psl_latest(nullptr), &psl_free);
    return list.get();
}

bool all_digits(std::string_view text) {
    return std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

}  // namespace

Result<std::string> to_a_labels(const std::string& typed) {
    char* raw = nullptr;
    const int rc = idn2_to_ascii_8z(typed.c_str(), &raw, IDN2_NONTRANSITIONAL | IDN2_NFC_INPUT);
    const std::unique_ptr<char, decltype(&idn2_free)> ascii(raw, &idn2_free);
    if (rc != IDN2_OK) return invalid(idn2_strerror(rc));
    return std::string(ascii.get());
}

Result<Name> read_customer_domain(std::string_view typed) {
    if (typed.empty()) return invalid("the domain is empty; give the one behind the @ of the From address");
    if (typed.size() > max_typed) return invalid("the domain is longer than DNS allows (253 characters)");
    if (typed.find('\0') != std::string_view::npos) return invalid("the domain contains a NUL character");
    if (typed.find('@') != std::string_view::npos) {
        return invalid("'" + std::string(typed) + "' is an address, not a domain; give what is behind the @");
    }
    std::string text(typed);
    if (text.size() > 1 && text.back() == '.') text.pop_back();
    if (is_ip_address(text)) return invalid("'" + text + "' is an IP address; DKIM keys belong to domains");
    if (text.size() > 1 && text.back() == '.') {
        return invalid("'" + text + ".' is not a domain: it ends in two dots");
    }

    const auto ascii = to_a_labels(text);
    if (!ascii) return invalid("'" + text + "' is not a domain: " + ascii.error().detail);
    const auto name = Name::parse(*ascii);
    if (!name) return invalid("'" + text + "' is not a domain: " + name.error().detail);
    if (name->is_root()) return invalid("the root of the DNS is not a customer's domain");

    std::string_view last;
    for (std::string_view rest = name->text(); !rest.empty(); rest = parent(rest)) {
        const std::string_view label = rest.substr(0, rest.find('.'));
        if (!is_host_label(label)) {
            return invalid("'" + text + "' is not a domain: the label '" + std::string(label) +
                           "' may have only letters, digits and inner hyphens");
        }
        last = label;
    }
    if (all_digits(last)) return invalid("'" + text + "' is not a domain: its last label has only digits");
    if (psl_is_public_suffix2(public_suffixes(), name->text().c_str(), PSL_TYPE_ICANN)) {
        return refused("'" + text +
                       "' is a public suffix, under which others register; give the customer's own domain");
    }
    return *name;
}

Name registrable_domain(const Name& domain) {
    const char* const text = psl_registrable_domain(public_suffixes(), domain.text().c_str());
    if (!text) return domain;
    const auto name = Name::parse(text);
    return name ? *name : domain;
}

std::string to_unicode(const Name& domain) {
    char* raw = nullptr;
    const int rc = idn2_to_unicode_8z8z(domain.text().c_str(), &raw, 0);
    const std::unique_ptr<char, decltype(&idn2_free)> unicode(raw, &idn2_free);
    if (rc != IDN2_OK) return domain.text();
    // Punycode of what IDNA forbids decodes to something that nobody can type, or see.
    const auto back = to_a_labels(unicode.get());
    return back && *back == domain.text() ? std::string(unicode.get()) : domain.text();
}

}  // namespace custdkim::dns
