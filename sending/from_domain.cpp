#include "sending/from_domain.hpp"

#include <algorithm>
#include <string>

#include "dns/customer_domain.hpp"
#include "sending/opendkim.hpp"

namespace custdkim {

namespace {

// Behind the quoted string or comment that begins at `at`; npos if it does not end.
std::size_t skip(std::string_view text, std::size_t at) {
    const bool quoted = text[at] == '"';
    for (unsigned depth = 0; at < text.size(); ++at) {
        const char c = text[at];
        if (c == '\\') {
            ++at;
        } else if (quoted ? c == '"' && depth == 1 : c == ')') {
            if (--depth == 0) return at + 1;
        } else if (c == (quoted ? '"' : '(')) {
            ++depth;
        }
    }
    return text.npos;
}

constexpr std::string_view space = " \t\r\n";

// Whether what is before the @ is one word, a dot-atom or a quoted string, with nothing before it but,
// outside of angle brackets, white space and comments. Of several words readers make one each in their own
// way: "ceo . news@" is ceo.news@ to some, and news@ to others.
bool is_one_word(std::string_view text, bool in_brackets) {
    std::size_t at = 0;
    while (!in_brackets && at < text.size() && (text[at] == '(' || space.find(text[at]) != space.npos)) {
        at = text[at] == '(' ? skip(text, at) : at + 1;
    }
    text.remove_prefix(std::min(at, text.size()));
    if (text.starts_with('"')) return skip(text, 0) == text.size();
    return !text.empty() && text.find_first_of(" \t\r\n()\"") == text.npos;
}

// Where the @ is, if there is one address, in angle brackets or not, and nothing that could be a second one:
// no list, no group, no source route, no @ in a display name without quotes. Else npos.
std::size_t find_only_at(std::string_view value) {
    constexpr std::string_view never = ",;:[]\\)";
    std::size_t found = value.npos, begin = 0;
    bool open = false, closed = false;
    for (std::size_t at = 0; at < value.size();) {
        const char c = value[at];
        if (c == '(' || (c == '"' && !closed)) {
            at = skip(value, at);
            if (at == value.npos) return at;
            continue;
        }
        const bool is_space = space.find(c) != space.npos;
        if (never.find(c) != never.npos || (closed && !is_space)) return value.npos;
        if (c == '<') {
            if (open || found != value.npos) return value.npos;
            open = true;
            begin = at + 1;
        } else if (c == '>') {
            if (!open) return value.npos;
            closed = true;
        } else if (c == '@') {
            if (found != value.npos) return value.npos;
            found = at;
        }
        ++at;
    }
    const bool is_whole = open == closed && found != value.npos;
    return is_whole && is_one_word(value.substr(begin, found - begin), open) ? found : value.npos;
}

// libopendkim leaves comments and white space out, and so could put a domain together that nobody wrote.
bool is_written(std::string_view domain, std::string_view behind_at) {
    behind_at.remove_prefix(std::min(behind_at.find_first_not_of(space), behind_at.size()));
    if (!behind_at.starts_with(domain)) return false;
    behind_at.remove_prefix(domain.size());
    return behind_at.empty() || (space.find(behind_at.front()) != space.npos) || behind_at.front() == '>' ||
           behind_at.front() == '(';
}

// What libopendkim takes for the domain of the address; empty if it finds none.
std::string parse_domain(std::string value) {
    unsigned char *user = nullptr, *domain = nullptr;
    if (dkim_mail_parse(reinterpret_cast<unsigned char*>(value.data()), &user, &domain) != 0) return "";
    if (!user || *user == '\0' || !domain || user >= domain) return "";
    const std::string_view text(reinterpret_cast<const char*>(domain));
    return std::string(text.substr(std::min(text.find_first_not_of(space), text.size())));
}

// The one word before the @, where that is a dot-atom: back to what can be no part of one.
std::string_view local_part(std::string_view before_at) {
    const std::size_t border = before_at.find_last_of(" \t\r\n<)\"");
    return before_at.substr(border == before_at.npos ? 0 : border + 1);
}

}  // namespace

Result<MailAddress> from_address(const MailMessage& message) {
    const auto domain = from_domain(message);
    if (!domain) return domain.error();
    const std::string_view value = message.fields("From").front()->value();
    const std::string_view local = local_part(value.substr(0, find_only_at(value)));
    auto address = read_address(std::string(local) + "@" + domain->text());
    if (!address) return invalid("the From header field: " + address.error().detail);
    return address;
}

Result<dns::Name> from_domain(const MailMessage& message) {
    const auto from = message.fields("From");
    if (from.empty())
        return invalid("the message has no From header field; add one (RFC 5322 section 3.6.2)");
    if (from.size() > 1) {
        return invalid("the message has " + std::to_string(from.size()) +
                       " From header fields; there must be exactly one (RFC 5322 section 3.6)");
    }
    const Error no_mailbox = invalid(
        "the From header field must name exactly one mailbox, like: \"Acme, Inc.\" <news@acme.example>");
    const std::string_view value = from.front()->value();
    const std::size_t at = find_only_at(value);
    if (at == value.npos) return no_mailbox;
    const std::string domain = parse_domain(std::string(value));
    if (domain.empty() || !is_written(domain, value.substr(at + 1))) return no_mailbox;
    const auto name = dns::read_customer_domain(domain);
    if (!name) return invalid("the From header field: " + name.error().detail);
    return *name;
}

}  // namespace custdkim
