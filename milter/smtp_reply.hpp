// What a mail server tells its client that it does not take a message from (RFC 5321 section 4.2), with the
// enhanced code of RFC 3463. Pure.
#pragma once

#include <string>
#include <string_view>

namespace custdkim::milter {

struct SmtpReply {
    std::string code, enhanced;  // "550", "5.7.1"
    std::string text;            // as reply_text() makes it

    bool operator==(const SmtpReply&) const = default;
};

// One line of printable ASCII out of a sentence that may hold anything. It is cut where a reply would be
// longer than 512 octets (RFC 5321 section 4.5.3.1.5); '%' is doubled, since mail servers take one away.
std::string reply_text(std::string_view sentence);

}  // namespace custdkim::milter
