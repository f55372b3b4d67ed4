// Asks what the rules need to know, in rounds that grow with the trouble: what the world sees and whether
// every name server agrees, always; the rest only where that is not so.
#pragma once

#include "activation/evidence.hpp"

namespace custdkim::activation {

// How much time is left of a deadline. I/O alone: nothing is decided by it but when to stop asking.
class Patience {
  public:
    explicit Patience(std::chrono::milliseconds deadline);
    // Of what is left at most this much; never nothing, so that an answer that is there is read.
    std::chrono::milliseconds at_most(std::chrono::milliseconds wish) const;
    bool is_over() const;

  private:
    std::chrono::steady_clock::time_point end_;
};

// The view of the world, the zone's name servers, and what each says of the owner.
void look_around(Evidence& evidence, const Surroundings& around, KnownServers& known,
                 const Patience& patience);

// Whatever may tell why.
void look_closer(Evidence& evidence, const Surroundings& around, const Patience& patience);

}  // namespace custdkim::activation
