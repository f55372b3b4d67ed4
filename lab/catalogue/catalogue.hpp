// All misconfigurations, as read from a folder. What is wrong with a file is refused with file, line and
// reason, and with all of its problems at once. Immutable once read.
#pragma once

#include <string_view>

#include "lab/catalogue/misconfiguration.hpp"

namespace custdkim::lab {

class Catalogue {
  public:
    static Result<Catalogue> read(const std::filesystem::path& folder);
    // One file's text; `where` stands in messages.
    static Result<Misconfiguration> parse(std::string_view text, const std::string& where);

    const std::vector<Misconfiguration>& all() const { return all_; }  // by group, then id
    const Misconfiguration* find(std::string_view id) const;

  private:
    std::vector<Misconfiguration> all_;
};

// What placeholders stand for, for one customer.
struct Placeholders {
    std::string domain;                             // no dot at the end, as all of these
    std::array<std::string, 2> selectors, targets;  // primary, alternate
    std::array<std::string, 2> texts;               // the TXT at each target now, its strings joined
    std::array<std::string, 5> servers;             // names of the zone's name servers

    // The owner of the CNAME of slot 0 or 1.
    std::string owner(std::size_t slot) const { return selectors[slot] + "._domainkey." + domain; }
};

// Replaces every {placeholder}. An Error names one that is not known.
Result<std::string> fill(std::string_view text, const Placeholders& placeholders);

}  // namespace custdkim::lab
