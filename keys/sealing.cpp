#include "keys/sealing.hpp"

#include <openssl/evp.h>

#include <algorithm>
#include <cstring>
#include <new>

namespace custdkim {

namespace {

constexpr std::uint8_t version = 1;
constexpr std::size_t key_id_size = 8, nonce_size = 12, tag_size = 16, data_key_size = 32;
constexpr std::size_t header_size = 1 + key_id_size;
constexpr std::size_t wrap_size = nonce_size + data_key_size + tag_size;
constexpr std::string_view check_text = "custdkim master key check";
constexpr std::string_view check_context = "custdkim master key check v1";

using Context = std::unique_ptr<EVP_CIPHER_CTX, decltype(&EVP_CIPHER_CTX_free)>;

std::span<const std::uint8_t> bytes_of(std::string_view text) {
    return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

Context start(std::span<const std::uint8_t> key, const std::uint8_t* nonce,
              std::span<const std::uint8_t> header, std::span<const std::uint8_t> context, int encrypt) {
    Context c(EVP_CIPHER_CTX_new(), &EVP_CIPHER_CTX_free);
    int ignored = 0;
    if (!c || EVP_CipherInit_ex(c.get(), EVP_aes_256_gcm(), nullptr, key.data(), nonce, encrypt) != 1 ||
        EVP_CipherUpdate(c.get(), nullptr, &ignored, header.data(), static_cast<int>(header.size())) != 1 ||
        EVP_CipherUpdate(c.get(), nullptr, &ignored, context.data(), static_cast<int>(context.size())) != 1) {
        throw std::bad_alloc();  // AES-256-GCM cannot fail for another reason
    }
    return c;
}

void append_encrypted(Bytes& out, std::span<const std::uint8_t> key, std::span<const std::uint8_t> plain,
                      std::span<const std::uint8_t> context, Random& random) {
    const std::size_t at = out.size();
    out.resize(at + nonce_size + plain.size() + tag_size);
    random.fill({out.data() + at, nonce_size});
    const Context c = start(key, out.data() + at, {out.data(), header_size}, context, 1);
    int written = 0, rest = 0;
    std::uint8_t* const cipher = out.data() + at + nonce_size;
    if (EVP_CipherUpdate(c.get(), cipher, &written, plain.data(), static_cast<int>(plain.size())) != 1 ||
        EVP_CipherFinal_ex(c.get(), cipher + written, &rest) != 1 ||
        EVP_CIPHER_CTX_ctrl(c.get(), EVP_CTRL_GCM_GET_TAG, tag_size, cipher + plain.size()) != 1) {
        throw std::bad_alloc();
    }
}

Result<SecretBytes> decrypt(std::span<const std::uint8_t> header, std::span<const std::uint8_t> sealed,
                            std::span<const std::uint8_t> key, std::span<const std::uint8_t> context) {
    const std::size_t size = sealed.size() - nonce_size - tag_size;
    SecretBytes plain(size);
    const Context c = start(key, sealed.data(), header, context, 0);
    int written = 0, rest = 0;
    Bytes tag(sealed.end() - tag_size, sealed.end());
    if (EVP_CipherUpdate(c.get(), plain.data(), &written, sealed.data() + nonce_size,
                         static_cast<int>(size)) != 1 ||
        EVP_CIPHER_CTX_ctrl(c.get(), EVP_CTRL_GCM_SET_TAG, tag_size, tag.data()) != 1 ||
        EVP_CipherFinal_ex(c.get(), plain.data() + written, &rest) != 1) {
        return Error{Errc::corrupt, "a sealed private key was altered, or belongs to another pair"};
    }
    return plain;
}

}  // namespace

Sealer::Sealer(SecretBytes master_key, Random& random) : master_key_(std::move(master_key)), random_(random) {
    if (master_key_.size() != data_key_size) throw std::invalid_argument("a master key has 32 bytes");
    std::uint8_t digest[EVP_MAX_MD_SIZE];
    if (EVP_Digest(master_key_.data(), master_key_.size(), digest, nullptr, EVP_sha256(), nullptr) != 1) {
        throw std::bad_alloc();
    }
    master_key_id_.assign(digest, digest + key_id_size);
}

Bytes Sealer::seal(std::span<const std::uint8_t> secret, std::span<const std::uint8_t> context) const {
    Bytes sealed;
    sealed.reserve(header_size + wrap_size + nonce_size + secret.size() + tag_size);
    sealed.push_back(version);
    sealed.insert(sealed.end(), master_key_id_.begin(), master_key_id_.end());
    SecretBytes data_key(data_key_size);
    random_.fill(data_key.span());
    append_encrypted(sealed, master_key_.span(), data_key.span(), context, random_);
    append_encrypted(sealed, data_key.span(), secret, context, random_);
    return sealed;
}

Result<SecretBytes> Sealer::open(std::span<const std::uint8_t> sealed,
                                 std::span<const std::uint8_t> context) const {
    if (sealed.size() < header_size + wrap_size + nonce_size + tag_size || sealed[0] != version) {
        return Error{Errc::corrupt, "a sealed private key is cut short or of an unknown version"};
    }
    const auto header = sealed.first(header_size);
    if (!std::equal(master_key_id_.begin(), master_key_id_.end(), header.begin() + 1)) {
        return refused("it was sealed with another master key");
    }
    const auto data_key =
        decrypt(header, sealed.subspan(header_size, wrap_size), master_key_.span(), context);
    if (!data_key) return data_key.error();
    return decrypt(header, sealed.subspan(header_size + wrap_size), data_key->span(), context);
}

Bytes Sealer::make_check() const { return seal(bytes_of(check_text), bytes_of(check_context)); }

Result<void> Sealer::verify_check(std::span<const std::uint8_t> check) const {
    const auto opened = open(check, bytes_of(check_context));
    if (!opened) return opened.error();
    if (!std::ranges::equal(opened->span(), bytes_of(check_text))) {
        return Error{Errc::corrupt, "the stored master key check is not ours"};
    }
    return {};
}

}  // namespace custdkim
