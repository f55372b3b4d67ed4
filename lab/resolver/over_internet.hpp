// A resolver over the fake internet: asks its servers without sockets, trusts its root, and knows its names.
#pragma once

#include "lab/resolver/resolver.hpp"

namespace custdkim::lab {

// Without an upstream. The internet outlives the resolver.
inline Resolver::Parts over(Internet& internet) {
    Resolver::Parts parts;
    parts.ask = [&internet](std::span<const std::uint8_t> question, const std::string& server,
                            Transport transport) { return internet.ask(question, server, transport); };
    parts.root_servers = internet.root_addresses();
    parts.trust_anchor = internet.trust_anchor();
    parts.is_ours = [&internet](const WireName& folded) { return internet.knows(folded); };
    return parts;
}

}  // namespace custdkim::lab
