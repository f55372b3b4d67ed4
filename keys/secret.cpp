#include "keys/secret.hpp"

#include <openssl/crypto.h>

#include <cstring>
#include <new>
#include <utility>

namespace custdkim {

namespace {

// For a few thousand private keys; RLIMIT_MEMLOCK is 8 MiB where nobody changed it.
constexpr std::size_t locked_octets = 4 << 20;
constexpr std::size_t smallest_piece = 32;

bool lock_memory() { return CRYPTO_secure_malloc_init(locked_octets, smallest_piece) == 1; }

}  // namespace

bool secrets_are_locked() {
    static const bool locked = lock_memory();
    return locked;
}

SecretBytes::SecretBytes(std::size_t size) : size_(size) {
    if (size == 0) return;
    secrets_are_locked();
    data_ = static_cast<std::uint8_t*>(OPENSSL_secure_zalloc(size));
    if (!data_) data_ = static_cast<std::uint8_t*>(OPENSSL_zalloc(size));  // no room is left there
    if (!data_) throw std::bad_alloc();
}

SecretBytes::SecretBytes(std::span<const std::uint8_t> bytes) : SecretBytes(bytes.size()) {
    if (!bytes.empty()) std::memcpy(data_, bytes.data(), bytes.size());
}

SecretBytes::SecretBytes(SecretBytes&& other) noexcept
    : data_(std::exchange(other.data_, nullptr)), size_(std::exchange(other.size_, 0)) {}

SecretBytes& SecretBytes::operator=(SecretBytes&& other) noexcept {
    std::swap(data_, other.data_);
    std::swap(size_, other.size_);
    return *this;
}

SecretBytes::~SecretBytes() { OPENSSL_secure_clear_free(data_, size_); }

bool equal_secrets(std::span<const std::uint8_t> a, std::span<const std::uint8_t> b) {
    return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

}  // namespace custdkim
