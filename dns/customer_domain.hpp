// Which domain does a customer mean, and is it one that they can send mail from?
// IDNA 2008 by libidn2 (UTS 46, non-transitional), public suffixes by libpsl (ICANN section).
#pragma once

#include <string>
#include <string_view>

#include "base/result.hpp"
#include "dns/name.hpp"

namespace custdkim::dns {

// U-labels as A-labels; the Error says what is wrong with them, in a few words.
Result<std::string> to_a_labels(const std::string& typed);

// What was typed, as its A-labels in lower case without a trailing dot.
// Refused, each with its own sentence: not a domain, an IP address, a public suffix.
Result<Name> read_customer_domain(std::string_view typed);

// What somebody registered, of which this is a part: "acme.co.uk" for mail.acme.co.uk. A public suffix of
// somebody's own, like a hoster's, is one as well; by itself it is its own.
Name registrable_domain(const Name& domain);

// The U-label form for people ("müller.example"); the A-labels where there is none.
std::string to_unicode(const Name& domain);

}  // namespace custdkim::dns
