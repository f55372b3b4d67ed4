#include "milter/outgoing.hpp"

#include <algorithm>

#include "dns/server_address.hpp"

namespace custdkim::milter {

bool is_outgoing(const OutgoingRules& rules, const Client& client) {
    if (rules.all || client.authenticated || !client.address) return true;
    if (std::find(rules.daemons.begin(), rules.daemons.end(), client.daemon) != rules.daemons.end())
        return true;
    if (dns::is_loopback(*client.address)) return true;
    const auto address = dns::parse_network(*client.address);
    return address && std::any_of(rules.trusted.begin(), rules.trusted.end(),
                                  [&](const dns::Network& network) { return contains(network, *address); });
}

}  // namespace custdkim::milter
