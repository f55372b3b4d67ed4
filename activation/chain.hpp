// Following aliases through answers: CNAME (RFC 1034 section 3.6.2) and DNAME (RFC 6672). Pure functions.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "dns/message.hpp"

namespace custdkim::activation {

inline constexpr std::size_t longest_chain = 16;  // resolvers follow 8 to 16

// Where the answer sends the name next: nowhere, to one name, or, which is an error, to several. CNAMEs count
// before DNAMEs, from which they may have been made.
std::set<dns::Name> next_hops(const dns::Name& name, const dns::Answer& answer);

// The way from a name through the aliases of answers.
struct Chain {
    enum class Flaw { none, several, circle, too_long };

    std::vector<dns::Name> names;  // the first is where it begins; never empty
    Flaw flaw = Flaw::none;
    std::vector<dns::Name> several = {};  // where it goes next, if that is more than one name

    explicit Chain(dns::Name begin) : names{std::move(begin)} {}
    const dns::Name& end() const { return names.back(); }
    std::size_t hops() const { return names.size() - 1; }

    // Goes on as far as the answer leads, but not beyond `target`.
    void follow(const dns::Answer& answer, const dns::Name& target);
};

}  // namespace custdkim::activation
