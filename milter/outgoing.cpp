#include "milter/outgoing.hpp"

#include <algorithm>

namespace custdkim::milter {

bool is_outgoing(const OutgoingRules& rules, const Client& client) {
    if (rules.all || client.authenticated || !client.address) return true;
    if (std::find(rules.daemons.begin(), rules.daemons.end(), client.daemon) != rules.daemons.end())
        return true;
    const auto address = dns::parse_network(*client.address);
    if (!address) return false;
    static const dns::Network loopback[] = {dns::parse_network("127.0.0.0/8").value(),
                                            dns::parse_network("::1").value()};
    const auto holds_address = [&](const dns::Network& network) { return contains(network, *address); };
    return std::any_of(std::begin(loopback), std::end(loopback), holds_address) ||
           std::any_of(rules.trusted.begin(), rules.trusted.end(), holds_address);
}

}  // namespace custdkim::milter
