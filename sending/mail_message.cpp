#include "sending/mail_message.hpp"

#include <algorithm>
#include <optional>

#include "base/ascii.hpp"
#include "sending/mail_line.hpp"

namespace custdkim {

namespace {

bool is_continuation_octet(char c) { return (static_cast<unsigned char>(c) & 0xC0) == 0x80; }

// How many octets a character has that begins with this one; 0 if none does (RFC 3629 section 4).
std::size_t utf8_size(char first) {
    const auto octet = static_cast<unsigned char>(first);
    if (octet < 0x80) return 1;
    if (octet >= 0xC2 && octet < 0xE0) return 2;
    if (octet >= 0xE0 && octet < 0xF0) return 3;
    return octet >= 0xF0 && octet < 0xF5 ? 4 : 0;
}

// Overlong forms of three and four octets pass: they do no harm here.
bool is_utf8(std::string_view text) {
    for (std::size_t at = 0; at < text.size();) {
        const std::size_t size = utf8_size(text[at]);
        if (size == 0 || at + size > text.size()) return false;
        if (!std::all_of(text.begin() + at + 1, text.begin() + at + size, is_continuation_octet))
            return false;
        at += size;
    }
    return true;
}

bool is_control(char c) { return (static_cast<unsigned char>(c) < 0x20 && c != '\t') || c == 0x7F; }

// Printable ASCII but for the colon (RFC 5322 section 2.2), and for the semicolon: verifiers cannot tell it
// from the one that ends h=, and OpenDKIM then refuses the whole message.
bool is_field_name(std::string_view name) {
    return !name.empty() &&
           std::all_of(name.begin(), name.end(), [](char c) { return c > ' ' && c < 0x7F && c != ';'; });
}

// Takes lines off a text, without their ends; counts them.
class Lines {
  public:
    explicit Lines(std::string_view text) : rest_(text) {}

    std::string_view rest() const { return rest_; }
    std::size_t number() const { return number_; }

    // What cannot be in any line of a message is found here.
    Result<std::string_view> next() {
        ++number_;
        const std::size_t end = rest_.find('\n');
        std::string_view line = rest_.substr(0, end);
        rest_.remove_prefix(end == rest_.npos ? rest_.size() : end + 1);
        if (end != rest_.npos && line.ends_with('\r')) line.remove_suffix(1);
        if (auto checked = check_line(line, number_); !checked) return checked.error();
        return line;
    }

    Error complaint(std::string_view what) const { return complaint_about(number_, what); }

  private:
    std::string_view rest_;
    std::size_t number_ = 0;
};

std::optional<Error> check_header_line(const Lines& lines, std::string_view line) {
    if (line.size() > max_header_line_octets) {
        return lines.complaint(
            "is a header line of more than 998 characters; fold it (RFC 5322 section 2.1.1)");
    }
    if (std::any_of(line.begin(), line.end(), is_control)) {
        return lines.complaint("is a header line with a control character; take it out");
    }
    if (!is_utf8(line)) {
        return lines.complaint("is a header line with octets that are not UTF-8; encode it (RFC 2047)");
    }
    return std::nullopt;
}

std::optional<Error> add_header_line(const Lines& lines, std::string_view line, MailMessage& message) {
    if (auto wrong = check_header_line(lines, line)) return wrong;
    if (line.front() == ' ' || line.front() == '\t') {
        if (message.header.empty())
            return lines.complaint("is no header field, but the message begins with it");
        message.header.back().text.append("\r\n").append(line);
        return std::nullopt;
    }
    const std::size_t colon = line.find(':');
    if (colon == line.npos || !is_field_name(line.substr(0, colon))) {
        return lines.complaint("is no header field: it does not begin with a name and a colon");
    }
    message.header.push_back({std::string(line), colon});
    return std::nullopt;
}

}  // namespace

std::vector<const HeaderField*> MailMessage::fields(std::string_view name) const {
    std::vector<const HeaderField*> found;
    for (const HeaderField& field : header) {
        if (equal_in_any_case(field.name(), name)) found.push_back(&field);
    }
    return found;
}

Result<MailMessage> read_message(std::string_view text) {
    if (text.empty()) return invalid("the message is empty");
    if (text.size() > max_message_octets) return too_large();
    MailMessage message;
    Lines lines(text);
    for (std::size_t octets = 0; !lines.rest().empty();) {
        const auto line = lines.next();
        if (!line) return line.error();
        if (line->empty()) break;
        octets += line->size();
        if (octets > max_header_octets) {
            return invalid("the header of the message is larger than " +
                           std::to_string(max_header_octets >> 10) + " KiB; mail servers do not take that");
        }
        if (auto wrong = add_header_line(lines, *line, message)) return std::move(*wrong);
    }
    if (message.header.empty()) return invalid("the message has no header: it begins with an empty line");
    message.body = lines.rest();
    message.lines = lines.number();
    message.header_octets = text.size() - message.body.size();
    return message;
}

Error too_large() {
    return invalid("the message is larger than " + std::to_string(max_message_octets >> 20) +
                   " MiB; nothing above that is signed");
}

}  // namespace custdkim
