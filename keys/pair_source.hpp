// Where new pairs come from: ready to be stored, the private key sealed with the public key as its context,
// so that it opens only beside it.
#pragma once

#include "base/result.hpp"
#include "keys/key_pair.hpp"
#include "keys/sealing.hpp"

namespace custdkim {

struct SealedPair {
    KeyType type = KeyType::rsa_2048;
    Bytes public_key;
    Bytes sealed_private_key;
};

class PairSource {
  public:
    virtual ~PairSource() = default;
    virtual Result<SealedPair> take(KeyType type) = 0;
};

inline SealedPair seal_pair(const Sealer& sealer, const KeyPair& pair) {
    return {pair.type, pair.public_key, sealer.seal(pair.private_key.span(), pair.public_key)};
}

}  // namespace custdkim
