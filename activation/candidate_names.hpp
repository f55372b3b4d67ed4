// Where a customer's record may have gone instead: names that people, forms and keyboards make of the right
// one. Pure functions.
#pragma once

#include <string>
#include <vector>

#include "dns/name.hpp"

namespace custdkim::activation {

struct CandidateName {
    std::string cause;  // what it is if the record is there
    dns::Name name;
};

// For `selector`._domainkey.`domain`; `zone` is the apex of the zone that it is in. The likeliest first;
// bounded.
std::vector<CandidateName> candidate_names(const std::string& selector, const dns::Name& domain,
                                           const dns::Name& zone);

// How many letters must be added, dropped, exchanged or swapped with their neighbour to make one text of the
// other; more than `limit` is all the same.
std::size_t edit_distance(std::string_view a, std::string_view b, std::size_t limit);

}  // namespace custdkim::activation
