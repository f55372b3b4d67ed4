// A private key as OpenSSL works with it: reading it is paid once, for many signatures. Its numbers lie in
// the locked memory of keys/secret.hpp; what OpenSSL works out from them (Montgomery's form, blinding) lies
// beside it. All of it is wiped at the end. Never changed once it is read: thread-safe.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "base/result.hpp"
#include "keys/key_type.hpp"

struct evp_pkey_st;  // OpenSSL's EVP_PKEY
struct rsa_st;       // OpenSSL's RSA

namespace custdkim {

class PrivateKey {
  public:
    // `internal` for what is no PKCS#8 DER (RFC 5958) of a key of this type.
    static Result<PrivateKey> read(KeyType type, std::span<const std::uint8_t> pkcs8_der);

    PrivateKey(PrivateKey&& other) noexcept;
    PrivateKey& operator=(PrivateKey&& other) noexcept;
    PrivateKey(const PrivateKey&) = delete;
    PrivateKey& operator=(const PrivateKey&) = delete;
    ~PrivateKey();

    KeyType type() const { return type_; }
    std::size_t signature_size() const;  // octets

    // One of them is there, and belongs to this object.
    rsa_st* rsa() const { return rsa_; }
    evp_pkey_st* ed25519() const { return ed25519_; }

    // For libraries that give back a reference of an RSA key when they fail.
    void add_reference() const;
    void drop_reference() const;

  private:
    explicit PrivateKey(KeyType type) : type_(type) {}

    KeyType type_;
    rsa_st* rsa_ = nullptr;
    evp_pkey_st* ed25519_ = nullptr;
};

}  // namespace custdkim
