// Private keys at rest: AES-256-GCM, one data key per pair, itself wrapped by the master key.
//
//   sealed = version 1 | master key id (8) | nonce (12) | wrapped data key (32) | tag (16)
//                                          | nonce (12) | private key         | tag (16)
//
// Both layers authenticate the version, the master key's id and the caller's `context`, so that a sealed key
// cannot be moved to another pair. Nonces are random: one master key wraps far fewer than 2^32 data keys
// (NIST SP 800-38D section 8.3); each data key is used once. Thread-safe.
#pragma once

#include <filesystem>
#include <memory>
#include <span>
#include <string_view>

#include "base/random.hpp"
#include "base/result.hpp"
#include "keys/key_pair.hpp"

namespace custdkim {

inline constexpr std::string_view master_key_note =
    "master_key_check";  // Store::note(): Sealer::make_check()

class Sealer {
  public:
    // `master_key` has 32 bytes. `random` outlives the sealer.
    Sealer(SecretBytes master_key, Random& random);

    Bytes seal(std::span<const std::uint8_t> secret, std::span<const std::uint8_t> context) const;

    // `corrupt` when anything was altered, `refused` when another master key sealed it.
    Result<SecretBytes> open(std::span<const std::uint8_t> sealed,
                             std::span<const std::uint8_t> context) const;

    // A fixed text, sealed. Stored once, opened at every start: a wrong master key is found out before it
    // can do harm.
    Bytes make_check() const;
    Result<void> verify_check(std::span<const std::uint8_t> check) const;

  private:
    SecretBytes master_key_;
    Bytes master_key_id_;
    Random& random_;
};

// 32 bytes as one line of base64, in a regular file of mode 0600 or stricter.
Result<SecretBytes> read_master_key(const std::filesystem::path& file);

}  // namespace custdkim
