// DNS providers that people know by name, told by the name servers they run: what is peculiar about entering
// a CNAME there. The data is in activation/providers/, one file each. Plain values; pure functions.
#pragma once

#include <map>
#include <span>
#include <string>
#include <vector>

#include "dns/name.hpp"

namespace custdkim::activation {

struct Provider {
    std::string name;                         // "Cloudflare"
    std::vector<dns::Name> name_servers;      // names that their servers are at or below: "ns.cloudflare.com"
    bool flattens = false;                    // answers CNAMEs with what they lead to, where told so
    bool proxies = false;                     // can put itself in front of a CNAME
    std::vector<std::string> proxy_networks;  // CIDR; addresses that it answers then
    std::string entering;                     // how the host and target fields are filled in there
    std::map<std::string, std::string> hints;  // by cause: where to click
};

// The provider that runs most of these name servers; nullptr for one we do not know.
const Provider* provider_of(std::span<const dns::Name> name_servers, const std::vector<Provider>& providers);

// What to add to a fix for this cause; "" if there is nothing to add.
std::string hint(const Provider& provider, const std::string& cause);

}  // namespace custdkim::activation
