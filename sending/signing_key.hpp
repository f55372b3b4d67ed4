// What a signature is made with: a private key and the place where its public half is published (RFC 6376
// section 3.6.2). A plain value.
#pragma once

#include <memory>
#include <string>

#include "keys/private_key.hpp"

namespace custdkim {

struct SigningKey {
    std::string domain;    // d=
    std::string selector;  // s=
    std::shared_ptr<const PrivateKey> private_key;
};

}  // namespace custdkim
