// Asks what the rules need to know, in rounds that grow with the trouble: what the world sees and whether
// every name server agrees, always; the rest only where that is not so.
#pragma once

#include "activation/evidence.hpp"
#include "activation/patience.hpp"

namespace custdkim::activation {

// The view of the world, the zone's name servers, and what each says of the owner.
void look_around(Evidence& evidence, const Surroundings& around, KnownServers& known,
                 const Patience& patience);

// Whatever may tell why.
void look_closer(Evidence& evidence, const Surroundings& around, const Patience& patience);

}  // namespace custdkim::activation
