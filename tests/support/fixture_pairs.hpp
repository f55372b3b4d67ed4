// Key pairs for tests, since generating RSA-2048 costs 0.4 s: real pairs, made once with OpenSSL and kept in
// tests/support/pairs/. Never use them for anything else.
#pragma once

#include <atomic>
#include <string>

#include "keys/key_pair.hpp"
#include "keys/pair_source.hpp"

namespace custdkim::test {

// The n-th fixture pair of the type (they repeat after a few).
KeyPair fixture_pair(KeyType type, unsigned n = 0);

// A pair source that hands out fixture pairs one after the other, sealed.
class FixturePairs final : public PairSource {
  public:
    explicit FixturePairs(const Sealer& sealer) : sealer_(sealer) {}
    Result<SealedPair> take(KeyType type) override { return seal_pair(sealer_, fixture_pair(type, next_++)); }

  private:
    const Sealer& sealer_;
    std::atomic<unsigned> next_ = 0;
};

}  // namespace custdkim::test
