// Pairs without cryptography: the public key of a simulated pair is a number in the shape of an Ed25519 key,
// and its private key is a token. Always ready. Not thread-safe.
#pragma once

#include <cstdint>

#include "keys/pair_source.hpp"
#include "keys/pair_workshop.hpp"

namespace custdkim::lab {

// What a query for a key record yields: a pair's number, or one of these.
using Content = std::uint64_t;
inline constexpr Content absent = 0;
inline constexpr Content revoked = 1;  // "p="
inline constexpr Content first_token = 2;

Bytes public_key_of(Content token);
Content token_of(std::span<const std::uint8_t> public_key);

// The token in a TXT as the zone writes it; `revoked` for an empty "p=".
Content content_of_record(std::string_view txt);

class TokenPairs final : public PairSource, public PairOrders {
  public:
    Result<SealedPair> take(KeyType type) override { return make(type); }
    void want(KeyType, std::size_t) override {}
    std::optional<SealedPair> collect(KeyType type) override { return make(type); }

  private:
    SealedPair make(KeyType type);

    Content last_ = first_token - 1;
};

}  // namespace custdkim::lab
