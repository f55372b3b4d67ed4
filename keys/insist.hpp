// Does an order again where the key was changed under its hands, by the rotator or somebody else: the order
// was meant for the key as it is now.
#pragma once

#include "base/result.hpp"

namespace custdkim {

// `work` answers a Result, and `busy` where the key was changed meanwhile.
template <typename Work>
auto insist(Work work) -> decltype(work()) {
    constexpr int attempts = 5;
    for (int attempt = 1; attempt < attempts; ++attempt) {
        auto done = work();
        if (done || done.error().code != Errc::busy) return done;
    }
    return work();
}

}  // namespace custdkim
