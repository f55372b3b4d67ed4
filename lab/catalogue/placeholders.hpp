// The placeholders of a misconfiguration's texts, and what they stand for, for one customer.
// lab/misconfigurations/README.md lists them. Plain values and a pure function.
#pragma once

#include <array>
#include <string>
#include <string_view>

#include "base/result.hpp"

namespace custdkim::lab {

struct Placeholders {
    std::string domain;                             // no dot at the end, as all of these
    std::array<std::string, 2> selectors, targets;  // primary, alternate
    std::array<std::string, 2> texts;               // the TXT at each target now, its strings joined
    std::array<std::string, 5> servers;             // names of the zone's name servers

    // The owner of the CNAME of slot 0 or 1.
    std::string owner(std::size_t slot) const { return selectors[slot] + "._domainkey." + domain; }
};

// Replaces every {placeholder}; one in capitals is replaced in capitals. An Error names one that is not
// known.
Result<std::string> fill(std::string_view text, const Placeholders& placeholders);

}  // namespace custdkim::lab
