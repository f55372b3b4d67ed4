// The certificate of a Server (RFC 8446, RFC 5246; older versions are not spoken), and where it comes from.
#pragma once

#include <memory>
#include <string>

#include "base/result.hpp"

namespace custdkim::http {

struct TlsPair {
    std::string certificates;  // PEM: the server's own, then those that lead to a root
    std::string private_key;   // PEM, without a passphrase
};

class CertificateSource {
  public:
    virtual ~CertificateSource() = default;

    // Asked before each handshake, by one thread: another pointer than the last time is another pair. Never
    // null, and never a pair that check_pair() refuses. Must not throw.
    virtual std::shared_ptr<const TlsPair> current() = 0;
};

// Whether a server can work with it; one sentence about what is wrong.
Result<void> check_pair(const TlsPair& pair);

}  // namespace custdkim::http
