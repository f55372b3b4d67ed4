// An address as mail is sent from: what is before the @, and the domain behind it. Letters of ASCII have no
// case here, before the @ either (RFC 5321 section 2.4 lets a domain tell them apart; none does that could be
// found, and two that differ in nothing else would look like one to a reader). Plain values.
#pragma once

#include <string>
#include <string_view>

#include "base/result.hpp"
#include "dns/name.hpp"

namespace custdkim {

inline constexpr std::size_t max_local_part_octets = 64;  // RFC 5321 section 4.5.3.1.1

struct MailAddress {
    std::string local;  // in lower case
    dns::Name domain;

    std::string text() const { return local + "@" + domain.text(); }

    bool operator==(const MailAddress&) const = default;
};

// "News@Müller.example", without angle brackets. Before the @ stands a dot-atom (RFC 5322 section 3.2.3),
// which may have UTF-8 in it (RFC 6531); a quoted string is refused. The domain is one that customers can
// send from.
Result<MailAddress> read_address(std::string_view typed);

}  // namespace custdkim
