#include "keys/key_pair.hpp"

#include <openssl/evp.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>

#include <memory>

namespace custdkim {

namespace {

struct FreeKey {
    void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
};
struct FreeContext {
    void operator()(EVP_PKEY_CTX* context) const { EVP_PKEY_CTX_free(context); }
};
struct FreeInfo {
    void operator()(PKCS8_PRIV_KEY_INFO* info) const { PKCS8_PRIV_KEY_INFO_free(info); }
};

Error openssl_failed(std::string_view what) {
    return {Errc::internal, "OpenSSL could not " + std::string(what)};
}

Result<Bytes> public_part(EVP_PKEY* key, KeyType type) {
    if (type == KeyType::ed25519) {
        Bytes raw(32);
        std::size_t size = raw.size();
        if (EVP_PKEY_get_raw_public_key(key, raw.data(), &size) != 1 || size != raw.size()) {
            return openssl_failed("read an Ed25519 public key");
        }
        return raw;
    }
    const int size = i2d_PUBKEY(key, nullptr);
    if (size <= 0) return openssl_failed("encode a public key");
    Bytes der(static_cast<std::size_t>(size));
    std::uint8_t* at = der.data();
    i2d_PUBKEY(key, &at);
    return der;
}

Result<SecretBytes> private_part(EVP_PKEY* key) {
    const std::unique_ptr<PKCS8_PRIV_KEY_INFO, FreeInfo> info(EVP_PKEY2PKCS8(key));
    const int size = info ? i2d_PKCS8_PRIV_KEY_INFO(info.get(), nullptr) : 0;
    if (size <= 0) return openssl_failed("encode a private key");
    SecretBytes der(static_cast<std::size_t>(size));
    std::uint8_t* at = der.data();
    i2d_PKCS8_PRIV_KEY_INFO(info.get(), &at);
    return der;
}

}  // namespace

Result<KeyPair> key_pair_from(EVP_PKEY* key, KeyType type) {
    auto public_key = public_part(key, type);
    if (!public_key) return public_key.error();
    auto private_key = private_part(key);
    if (!private_key) return private_key.error();
    return KeyPair{type, std::move(*public_key), std::move(*private_key)};
}

Result<KeyPair> generate_key_pair(KeyType type, const std::stop_token& stop) {
    const std::unique_ptr<EVP_PKEY_CTX, FreeContext> context(
        EVP_PKEY_CTX_new_id(type == KeyType::ed25519 ? EVP_PKEY_ED25519 : EVP_PKEY_RSA, nullptr));
    if (!context || EVP_PKEY_keygen_init(context.get()) != 1) return openssl_failed("start a key generation");
    if (type != KeyType::ed25519 &&
        EVP_PKEY_CTX_set_rsa_keygen_bits(context.get(), static_cast<int>(rsa_bits(type))) != 1) {
        return openssl_failed("set the size of a key");
    }
    // OpenSSL asks between two candidates for a prime whether to go on.
    EVP_PKEY_CTX_set_app_data(context.get(), const_cast<std::stop_token*>(&stop));
    EVP_PKEY_CTX_set_cb(context.get(), [](EVP_PKEY_CTX* under_way) {
        const auto* const asked = static_cast<const std::stop_token*>(EVP_PKEY_CTX_get_app_data(under_way));
        return asked->stop_requested() ? 0 : 1;
    });
    EVP_PKEY* raw = nullptr;
    const int made = EVP_PKEY_generate(context.get(), &raw);
    const std::unique_ptr<EVP_PKEY, FreeKey> key(raw);
    if (stop.stop_requested()) return Error{Errc::unavailable, "the generation of a key pair was ended"};
    if (made != 1 || !key) return openssl_failed("generate a key pair");
    return key_pair_from(key.get(), type);
}

bool is_public_key_size(KeyType type, std::size_t size) {
    switch (type) {  // OpenSSL's exponent is always 65537, and a modulus has its full length
        case KeyType::rsa_1024: return size == 162;
        case KeyType::rsa_2048: return size == 294;
        case KeyType::rsa_4096: return size == 550;
        case KeyType::ed25519: return size == 32;
    }
    return false;
}

void append_base64(std::string& out, std::span<const std::uint8_t> bytes) {
    const std::size_t before = out.size();
    const std::size_t size = (bytes.size() + 2) / 3 * 4;
    out.resize(before + size + 1);  // EVP_EncodeBlock writes a NUL behind its text
    EVP_EncodeBlock(reinterpret_cast<unsigned char*>(out.data() + before), bytes.data(),
                    static_cast<int>(bytes.size()));
    out.resize(before + size);
}

std::string to_base64(std::span<const std::uint8_t> bytes) {
    std::string out;
    append_base64(out, bytes);
    return out;
}

Result<SecretBytes> from_base64(std::string_view text) {
    const Error complaint = invalid("not base64");
    if (text.empty() || text.size() % 4 != 0) return complaint;
    // EVP_DecodeBlock forgives white space and misplaced padding; we do not.
    const std::size_t padding = text.ends_with("==") ? 2 : text.ends_with('=') ? 1 : 0;
    constexpr std::string_view alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    if (text.substr(0, text.size() - padding).find_first_not_of(alphabet) != std::string_view::npos) {
        return complaint;
    }
    SecretBytes decoded(text.size() / 4 * 3);
    if (EVP_DecodeBlock(decoded.data(), reinterpret_cast<const unsigned char*>(text.data()),
                        static_cast<int>(text.size())) < 0) {
        return complaint;
    }
    return SecretBytes(decoded.span().first(decoded.size() - padding));
}

}  // namespace custdkim
