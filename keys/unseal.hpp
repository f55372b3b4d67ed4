// A private key out of the store, opened: the one way to it. Thread-safe.
#pragma once

#include <optional>
#include <string_view>

#include "keys/sealing.hpp"
#include "keys/secret.hpp"
#include "keys/store.hpp"

namespace custdkim {

// PKCS#8 DER. Nothing where the store has it no more; `corrupt` where what is stored is not this pair's.
Result<std::optional<SecretBytes>> unseal_private_key(Store& store, const Sealer& sealer,
                                                      std::string_view key_id, const Pair& pair);

}  // namespace custdkim
