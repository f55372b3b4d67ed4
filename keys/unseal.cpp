#include "keys/unseal.hpp"

namespace custdkim {

Result<std::optional<SecretBytes>> unseal_private_key(Store& store, const Sealer& sealer,
                                                      std::string_view key_id, const Pair& pair) {
    const auto sealed = store.private_key(key_id, pair.number);
    if (!sealed) return sealed.error();
    if (!*sealed) return std::optional<SecretBytes>();
    auto opened = sealer.open(**sealed, pair.public_key);
    if (!opened) return opened.error();
    return std::optional(std::move(*opened));
}

}  // namespace custdkim
