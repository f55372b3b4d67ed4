// How the domains begin that somebody looks for: typed letter by letter, so that the last label may not be
// whole. U-labels become A-labels (RFC 5890). Of one that is not whole only the ASCII characters are known to
// begin its A-label (RFC 3492 section 3.1); the others are compared as U-labels. Pure functions.
#pragma once

#include <string>
#include <string_view>

#include "base/result.hpp"
#include "dns/name.hpp"

namespace custdkim::dns {

struct DomainPrefix {
    std::string text;     // how the domains begin, as A-labels in lower case
    std::string unicode;  // how they begin as U-labels; "" where `text` says all

    bool fits(const Name& domain) const;
};

// One dot at the end means nothing. Refused, with a sentence: what no domain begins like.
Result<DomainPrefix> read_domain_prefix(std::string_view typed);

}  // namespace custdkim::dns
