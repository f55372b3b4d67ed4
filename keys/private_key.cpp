// OpenSSL 3 gives RSA keys that it decodes the new way to libraries of old as copies, in memory that is not
// locked. So they are read in the way of old, too.
#define OPENSSL_SUPPRESS_DEPRECATED

#include "keys/private_key.hpp"

#include <openssl/evp.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>

#include <memory>
#include <string>
#include <utility>

#include "keys/secret.hpp"

namespace custdkim {

namespace {

struct FreeInfo {
    void operator()(PKCS8_PRIV_KEY_INFO* info) const { PKCS8_PRIV_KEY_INFO_free(info); }
};

Error no_key(KeyType type) {
    return {Errc::internal,
            "OpenSSL could not read a private key of the type " + std::string(to_string(type))};
}

RSA* read_rsa(KeyType type, const unsigned char* octets, int size) {
    RSA* const rsa = d2i_RSAPrivateKey(nullptr, &octets, size);
    if (rsa && RSA_bits(rsa) == static_cast<int>(rsa_bits(type))) return rsa;
    RSA_free(rsa);
    return nullptr;
}

// RFC 8410 section 7: an octet string of 32 octets.
EVP_PKEY* read_ed25519(const unsigned char* octets, int size) {
    constexpr int key_size = 32;
    if (size != 2 + key_size || octets[0] != V_ASN1_OCTET_STRING || octets[1] != key_size) return nullptr;
    return EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, nullptr, octets + 2, key_size);
}

}  // namespace

Result<PrivateKey> PrivateKey::read(KeyType type, std::span<const std::uint8_t> pkcs8_der) {
    secrets_are_locked();  // before OpenSSL asks for such memory
    const unsigned char* at = pkcs8_der.data();
    const std::unique_ptr<PKCS8_PRIV_KEY_INFO, FreeInfo> info(
        d2i_PKCS8_PRIV_KEY_INFO(nullptr, &at, static_cast<long>(pkcs8_der.size())));
    const ASN1_OBJECT* algorithm = nullptr;
    const unsigned char* octets = nullptr;
    int size = 0;
    if (!info || PKCS8_pkey_get0(&algorithm, &octets, &size, nullptr, info.get()) != 1) return no_key(type);
    const int nid = OBJ_obj2nid(algorithm);
    PrivateKey key(type);
    if (type == KeyType::ed25519) {
        if (nid == NID_ED25519) key.ed25519_ = read_ed25519(octets, size);
    } else if (nid == NID_rsaEncryption) {
        key.rsa_ = read_rsa(type, octets, size);
    }
    if (!key.rsa_ && !key.ed25519_) return no_key(type);
    return key;
}

PrivateKey::PrivateKey(PrivateKey&& other) noexcept
    : type_(other.type_),
      rsa_(std::exchange(other.rsa_, nullptr)),
      ed25519_(std::exchange(other.ed25519_, nullptr)) {}

PrivateKey& PrivateKey::operator=(PrivateKey&& other) noexcept {
    std::swap(type_, other.type_);
    std::swap(rsa_, other.rsa_);
    std::swap(ed25519_, other.ed25519_);
    return *this;
}

PrivateKey::~PrivateKey() {
    RSA_free(rsa_);
    EVP_PKEY_free(ed25519_);
}

std::size_t PrivateKey::signature_size() const {
    return static_cast<std::size_t>(rsa_ ? RSA_size(rsa_) : EVP_PKEY_size(ed25519_));
}

void PrivateKey::add_reference() const {
    if (rsa_) RSA_up_ref(rsa_);
}

void PrivateKey::drop_reference() const { RSA_free(rsa_); }

}  // namespace custdkim
