// Where libopendkim keeps the private key of a message that it signs. By itself it reads that key from PEM
// text for each message, which takes a third as long as the signature, and forgets to free it if it is
// Ed25519. So it is lent one that was read before. libopendkim has no function for that: we let it read a key
// of its own once, and see which of its fields points to it afterwards. Thread-safe.
#pragma once

#include <cstddef>

#include "base/result.hpp"
#include "keys/private_key.hpp"
#include "sending/opendkim.hpp"
#include "sending/wiped_memory.hpp"

namespace custdkim {

class KeyPlace {
  public:
    // `internal` if this libopendkim is built in another way than Debian 12's 2.11, or does not say where.
    static Result<KeyPlace> find();

    // Before dkim_eom(). `memory` is the handle's; `key` outlives the handle.
    void lend(DKIM* handle, WipedMemory& memory, const PrivateKey& key) const;

    // Between dkim_eom() and dkim_free(), which would free the key.
    void take_back(DKIM* handle, const PrivateKey& key, bool was_signed) const;

  private:
    explicit KeyPlace(std::size_t offset) : offset_(offset) {}

    std::size_t offset_;  // in `struct dkim`, octets
};

}  // namespace custdkim
