#include "activation/chain.hpp"

#include <algorithm>
#include <optional>

namespace custdkim::activation {

using dns::Alias;
using dns::Answer;
using dns::Name;

namespace {

// Where a DNAME sends the name (RFC 6672 section 2.2).
std::optional<Name> redirected(const Name& name, const Alias& dname) {
    const auto below = name.relative_to(dname.owner);
    if (!below || below->empty()) return std::nullopt;
    const auto target = Name::parse(std::string(*below) + "." + dname.target.text());
    return target ? std::optional(*target) : std::nullopt;
}

}  // namespace

std::set<Name> next_hops(const Name& name, const Answer& answer) {
    std::set<Name> hops;
    for (const Alias& alias : answer.aliases) {
        if (!alias.of_names_below && alias.owner == name) hops.insert(alias.target);
    }
    if (!hops.empty()) return hops;
    for (const Alias& alias : answer.aliases) {
        const auto hop = alias.of_names_below ? redirected(name, alias) : std::nullopt;
        if (hop) hops.insert(*hop);
    }
    return hops;
}

void Chain::follow(const Answer& answer, const Name& target) {
    while (flaw == Flaw::none && end() != target) {
        const auto hops_on = next_hops(end(), answer);
        if (hops_on.empty()) return;
        if (hops_on.size() > 1) {
            flaw = Flaw::several;
            several.assign(hops_on.begin(), hops_on.end());
        } else if (std::find(names.begin(), names.end(), *hops_on.begin()) != names.end()) {
            flaw = Flaw::circle;
        } else if (hops() >= longest_chain) {
            flaw = Flaw::too_long;
        } else {
            names.push_back(*hops_on.begin());
        }
    }
}

}  // namespace custdkim::activation
