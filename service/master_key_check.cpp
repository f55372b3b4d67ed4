#include "service/master_key_check.hpp"

namespace custdkim {

Result<void> check_master_key(const Bytes& check, const Sealer& sealer, const Config& config) {
    const auto verified = sealer.verify_check(check);
    if (verified) return {};
    return refused("the master key in " + config.keys.master_key_file.string() +
                   " is not the one that the private keys in this store were sealed with (" +
                   verified.error().detail + "); put the right one back");
}

Result<void> check_master_key(const std::optional<Bytes>& check, std::uint64_t keys, const Sealer& sealer,
                              const Config& config) {
    if (check) return check_master_key(*check, sealer, config);
    if (keys == 0) return {};
    return Error{Errc::corrupt, "the store has keys but no master key check; restore it from a backup"};
}

}  // namespace custdkim
