#include "sending/key_place.hpp"

#include <cstdint>
#include <cstring>
#include <memory>
#include <new>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "keys/key_pair.hpp"
#include "keys/private_key_pem.hpp"

namespace custdkim {

namespace {

// libopendkim's `struct dkim_crypto`.
struct Loaded {
    unsigned char padding;
    int bits;
    std::size_t in_size, out_size;
    evp_pkey_st* key;
    rsa_st* rsa;
    void *reader, *in, *out;
};

constexpr unsigned char pkcs1_padding = 1;  // RSA_PKCS1_PADDING

using Words = std::vector<std::uintptr_t>;

Words words_of(const WipedMemory::Block& block) {
    Words words(block.size / sizeof(std::uintptr_t));
    std::memcpy(words.data(), block.data, words.size() * sizeof(std::uintptr_t));
    return words;
}

unsigned char* text(const char* c_string) {  // C without const; nothing is written
    return const_cast<unsigned char*>(reinterpret_cast<const unsigned char*>(c_string));
}

// What was allocated to load a key, if that is what we know.
Loaded* loaded_in(const std::vector<WipedMemory::Block>& blocks) {
    if (blocks.size() != 2 || blocks[0].size != sizeof(Loaded)) return nullptr;
    auto* const loaded = static_cast<Loaded*>(blocks[0].data);
    const bool is_known =
        loaded->out == blocks[1].data && loaded->out_size == blocks[1].size && loaded->key && !loaded->rsa;
    return is_known ? loaded : nullptr;
}

// The one word that was nothing before and points to `target` now, and the only one that changed at all.
std::optional<std::size_t> only_change(const Words& before, const Words& after, const void* target) {
    std::optional<std::size_t> found;
    for (std::size_t i = 0; i < before.size(); ++i) {
        if (before[i] == after[i]) continue;
        if (found || before[i] != 0 || after[i] != reinterpret_cast<std::uintptr_t>(target))
            return std::nullopt;
        found = i;
    }
    return found;
}

// Signs a message with a key that libopendkim reads by itself, and looks on.
std::optional<std::size_t> watch_one_signature(DKIM_LIB* library, const SecretBytes& pem) {
    WipedMemory memory;
    memory.watch();
    DKIM_STAT status = DKIM_STAT_OK;
    DKIM* const made = dkim_sign(library, text("custdkim"), &memory, const_cast<unsigned char*>(pem.data()),
                                 text("s"), text("d.example"), DKIM_CANON_RELAXED, DKIM_CANON_RELAXED,
                                 DKIM_SIGN_ED25519SHA256, -1, &status);
    if (!made) return std::nullopt;
    const std::unique_ptr<DKIM, decltype(&dkim_free)> handle(made, &dkim_free);
    const WipedMemory::Block block = memory.watched().front();
    if (block.data != made) return std::nullopt;
    constexpr std::string_view from = "From: a@b.c";
    if (dkim_header(made, text(from.data()), from.size()) != DKIM_STAT_OK) return std::nullopt;
    if (dkim_eoh(made) != DKIM_STAT_OK) return std::nullopt;
    const Words before = words_of(block);
    memory.watch();
    if (dkim_privkey_load(made) != DKIM_STAT_OK) return std::nullopt;
    Loaded* const loaded = loaded_in(memory.watched());
    if (!loaded) return std::nullopt;
    const auto place = only_change(before, words_of(block), loaded);
    const bool is_signed = dkim_eom(made, nullptr) == DKIM_STAT_OK;  // frees what it reads the PEM with
    release_key(std::exchange(loaded->key, nullptr));
    return is_signed ? place : std::nullopt;
}

std::optional<std::size_t> find_offset() {
    const auto pair = generate_key_pair(KeyType::ed25519);
    if (!pair) return std::nullopt;
    const std::unique_ptr<DKIM_LIB, decltype(&dkim_close)> library(dkim_init(allocate_wiped, free_wiped),
                                                                   &dkim_close);
    if (!library) return std::nullopt;
    const auto place = watch_one_signature(library.get(), private_key_pem(pair->private_key.span()));
    if (!place) return std::nullopt;
    return *place * sizeof(std::uintptr_t);
}

Loaded*& place_in(DKIM* handle, std::size_t offset) {
    return *reinterpret_cast<Loaded**>(reinterpret_cast<unsigned char*>(handle) + offset);
}

}  // namespace

Result<KeyPlace> KeyPlace::find() {
    static const std::optional<std::size_t> offset = find_offset();
    if (offset) return KeyPlace(*offset);
    return Error{Errc::internal,
                 "this libopendkim is built in another way than custdkim knows, so that it cannot be given a "
                 "key; use the one of Debian 12"};
}

void KeyPlace::lend(DKIM* handle, WipedMemory& memory, const PrivateKey& key) const {
    auto* const loaded = static_cast<Loaded*>(memory.allocate(sizeof(Loaded)));
    void* const out = memory.allocate(key.signature_size());
    if (!loaded || !out) throw std::bad_alloc();
    *loaded = {};
    loaded->padding = key.rsa() ? pkcs1_padding : 0;
    loaded->bits = static_cast<int>(key.signature_size() * 8);
    loaded->out_size = key.signature_size();
    loaded->out = out;
    loaded->key = key.ed25519();
    loaded->rsa = key.rsa();
    key.add_reference();
    place_in(handle, offset_) = loaded;
}

// Where OpenSSL cannot sign, libopendkim drops a reference to an RSA key, and once more in dkim_free(). Other
// failures drop none: then ours is left over, which is better than one too few.
void KeyPlace::take_back(DKIM* handle, const PrivateKey& key, bool was_signed) const {
    Loaded* const loaded = place_in(handle, offset_);
    if (!loaded) return;
    loaded->key = nullptr;
    loaded->rsa = nullptr;
    if (was_signed) key.drop_reference();
}

}  // namespace custdkim
