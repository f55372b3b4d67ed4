// The port that tells whether a record is visible: served by every configured name server of the key zone,
// not merely written (R2). Thread-safe.
#pragma once

#include <string>
#include <vector>

#include "keys/key.hpp"
#include "keys/serial.hpp"

namespace custdkim {

struct Sighting {
    bool visible = false;
    std::string missing;  // if not: which name server, and what it said instead
};

// A record as it must be seen.
struct Wanted {
    const Key* key = nullptr;
    const Slot* slot = nullptr;
};

class Visibility {
  public:
    virtual ~Visibility() = default;

    // One Sighting for each. Never throws; may take seconds. Serials tell quickly of a server that lags;
    // where they do not, the TXT decides.
    virtual std::vector<Sighting> look(const std::vector<Wanted>& wanted) = 0;
};

}  // namespace custdkim
