// The store and the master key belong together: a wrong key must be found out now, not at the first
// signature.
#pragma once

#include "keys/sealing.hpp"
#include "service/config.hpp"

namespace custdkim {

// `check` is the store's note, Sealer::make_check(). `refused` where another key sealed it.
Result<void> check_master_key(const Bytes& check, const Sealer& sealer, const Config& config);

// Of a store that has keys: `check` must be there, too.
Result<void> check_master_key(const std::optional<Bytes>& check, std::uint64_t keys, const Sealer& sealer,
                              const Config& config);

}  // namespace custdkim
