// Which mail is ours to sign: what the mail server's own users send, and not what the world sends to them.
// Pure.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "dns/address_policy.hpp"

namespace custdkim::milter {

struct OutgoingRules {
    bool all = false;                   // whoever sends it
    std::vector<dns::Network> trusted;  // clients that need no password
    std::vector<std::string> daemons;   // names that the mail server has for doors of its users
};

// Who hands a message to the mail server, as that tells it.
struct Client {
    std::optional<std::string> address;  // none where it did not come over the network
    std::string daemon;                  // the door that it came in by: the macro {daemon_name}
    bool authenticated = false;          // the macro {auth_authen}
};

// Mail of clients that have authenticated themselves, of this machine, and of those whom the rules name.
bool is_outgoing(const OutgoingRules& rules, const Client& client);

}  // namespace custdkim::milter
