#include "dns/lane_history.hpp"

#include <libpsl.h>

#include <algorithm>
#include <memory>

namespace custdkim::dns {

std::string registrable_domain(const Name& name) {
    static const std::unique_ptr<psl_ctx_t, decltype(&psl_free)> list(psl_latest(nullptr), &psl_free);
    // The shortest name below a suffix of ICANN's. The private section ("github.io") names more, and so would
    // share a lane where one organisation runs the name servers of all.
    std::string_view domain = name.text();
    for (std::string_view above = parent(domain); !above.empty(); above = parent(above)) {
        if (psl_is_public_suffix2(list.get(), std::string(above).c_str(), PSL_TYPE_ICANN) == 1) break;
        domain = above;
    }
    return std::string(domain);
}

bool LaneHistory::may_ask(const Name& name) const {
    return !domains_.contains(registrable_domain(name)) && !names_.contains(name);
}

void LaneHistory::begin(const Name& name) {
    domains_.insert(registrable_domain(name));
    names_.insert(name);
}

bool LaneHistory::was_primed(const Name& asked, const Answer& answer) const {
    const std::string own = registrable_domain(asked);
    return std::any_of(answer.aliases.begin(), answer.aliases.end(), [&](const Alias& alias) {
        if (alias.of_names_below || alias.target == asked) return false;
        const std::string domain = registrable_domain(alias.target);
        if (domain == own) return false;
        if (names_.contains(alias.target)) return true;
        // The last target is usually one of ours, in a domain that all questions lead to: there only the name
        // itself counts. On the way there the domain does, as for a question of its own.
        const bool leads_on = std::any_of(answer.aliases.begin(), answer.aliases.end(),
                                          [&](const Alias& next) { return next.owner == alias.target; });
        return leads_on && domains_.contains(domain);
    });
}

void LaneHistory::end(const Answer& answer) {
    for (const Alias& alias : answer.aliases) {
        domains_.insert(registrable_domain(alias.owner));
        if (!alias.of_names_below) names_.insert(alias.target);
    }
}

}  // namespace custdkim::dns
