// Which domain does a customer mean, and is it one that they can send mail from?
// IDNA 2008 by libidn2 (UTS 46, non-transitional), public suffixes by libpsl (ICANN section).
#pragma once

#include <string>
#include <string_view>

#include "base/result.hpp"
#include "dns/name.hpp"

namespace custdkim::dns {

// What was typed, as its A-labels in lower case without a trailing dot.
// Refused, each with its own sentence: not a domain, an IP address, a public suffix.
Result<Name> read_customer_domain(std::string_view typed);

// The U-label form for people ("müller.example"); the A-labels where there is none.
std::string to_unicode(const Name& domain);

}  // namespace custdkim::dns
