// A world in which nothing is in the way: every name server shows a record at once, every customer's CNAME is
// right. What the rotation would do there is what is planned. Pure functions.
#pragma once

#include "keys/rotation_change.hpp"

namespace custdkim {

// What the step finds there. Pairs are stand-ins: their octets are zeros.
Finds undisturbed_finds(const Key& key, const Step& step);

}  // namespace custdkim
