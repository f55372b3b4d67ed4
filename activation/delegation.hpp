// Which name servers answer for a name, as the parent says it: the way down from the root by referrals
// (RFC 1034 section 4.3.2), or, where no root is given, what a resolver tells of the zone.
#pragma once

#include <string>
#include <vector>

#include "activation/patience.hpp"
#include "dns/name_servers.hpp"
#include "dns/resolver.hpp"

namespace custdkim::activation {

struct Server {
    dns::Name name;
    dns::ServerAddress address;
};

// A zone cut.
struct Delegation {
    dns::Name zone;                // its apex
    std::vector<dns::Name> names;  // of its name servers
    std::vector<Server> servers;   // their addresses: one each, IPv4 if there is one; bounded
    std::vector<dns::Record> ds;   // at the parent (RFC 4034 section 5)
    bool is_parents = false;       // the parent said so; else a resolver, or the zone itself
};

struct Delegations {
    std::vector<Delegation> cuts;  // from the top down to the zone that the name is in
    bool is_denied = false;        // the registry says that there is no such domain
    std::string trouble;           // why the way down ended early, if it did

    const Delegation* zone() const { return cuts.empty() ? nullptr : &cuts.back(); }
    // The zone that `name` itself is in: the lowest cut at or above it.
    const Delegation* zone_of(const dns::Name& name) const;
};

class KnownServers;

struct Way {
    KnownServers& known;
    dns::Resolver& resolver;
    dns::NameServers& name_servers;
    const std::vector<dns::ServerAddress>& roots;
    std::uint16_t port = 53;
    const Patience& patience;              // for all steps together
    std::chrono::milliseconds step{2000};  // for each
};

// The cuts on the way to `name`. Cuts above `domain` that answer are only passed through.
Delegations find_delegations(const Way& way, const dns::Name& domain, const dns::Name& name);

}  // namespace custdkim::activation
