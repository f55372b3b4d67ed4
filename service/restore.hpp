// A backup in the place of a store that is gone: what `custdkim restore` does. Neither the service nor its
// API can do that: there is none while there is no store.
#pragma once

#include <filesystem>
#include <optional>

#include "base/clock.hpp"
#include "base/random.hpp"
#include "service/config.hpp"
#include "store/store_copy.hpp"

namespace custdkim {

struct RestoreOrder {
    std::filesystem::path backup;
    std::optional<Serial> above;  // what a secondary has: the new serials are above that, too
};

// What came of it, and how much time is missing.
struct Restoration {
    std::filesystem::path store;
    Revived revived;
    std::optional<Duration> age;     // of the backup, if it says when it was made
    Duration prepublish, retention;  // the shortest of all key zones
};

// Refuses, with nothing changed, what the service would refuse to open: another master key, a zone that the
// configuration does not name, a newer schema. And where there is a store.
Result<Restoration> restore(const Config& config, const RestoreOrder& order, const Clock& clock,
                            Random& random);

}  // namespace custdkim
