// A message: its header fields as they go over SMTP (RFC 5322 section 2.1, RFC 5321 section 2.3.8), and its
// body as it came. A header that could not travel without a change, or is none at all, is refused: a
// signature over it would not verify. The body is looked at when it is signed (sending/body_lines.hpp). Plain
// values; reading is a pure function.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"

namespace custdkim {

inline constexpr std::size_t max_message_octets = 64 << 20;
inline constexpr std::size_t max_header_octets = 256 << 10;
inline constexpr std::size_t max_header_line_octets = 998;  // RFC 5322 section 2.1.1, without the CRLF

struct HeaderField {
    std::string text;  // "Subject: hello", folds as they were, without the last CRLF
    std::size_t name_size = 0;

    std::string_view name() const { return std::string_view(text).substr(0, name_size); }
    std::string_view value() const { return std::string_view(text).substr(name_size + 1); }
};

struct MailMessage {
    std::vector<HeaderField> header;
    std::string_view body;          // of the text that was read
    std::size_t lines = 0;          // before the body
    std::size_t header_octets = 0;  // before the body

    // Header fields of this name; names have no case.
    std::vector<const HeaderField*> fields(std::string_view name) const;
};

// Lines may end in CRLF or, as in a file, in LF. `invalid`, with what is wrong and where. `text` outlives
// what is returned, or the body is not used.
Result<MailMessage> read_message(std::string_view text);

// The refusal of more than max_message_octets.
Error too_large();

}  // namespace custdkim
