#include "sending/dkim_signature.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <utility>

#include "keys/private_key_pem.hpp"
#include "sending/from_domain.hpp"
#include "sending/opendkim.hpp"
#include "sending/wiped_memory.hpp"

namespace custdkim {

namespace {

// RFC 6376 section 5.4.1, and what RFC 8058 section 4 wants signed.
constexpr std::array signed_fields = {
    "From",        "To",         "Cc",           "Subject",          "Date",
    "Message-ID",  "Reply-To",   "Sender",       "MIME-Version",     "Content-Type",
    "In-Reply-To", "References", "Resent-Date",  "Resent-From",      "Resent-To",
    "Resent-Cc",   "List-Id",    "List-Help",    "List-Unsubscribe", "List-Unsubscribe-Post",
    "List-Post",   "List-Owner", "List-Archive", "List-Subscribe",   "Content-Transfer-Encoding",
};

// What nobody may add on the way. The list ends with a null, as libopendkim wants it.
constexpr std::array<const char*, 11> oversigned_fields = {
    "From",       "To",       "Cc",           "Subject",      "Date",
    "Message-ID", "Reply-To", "MIME-Version", "Content-Type", "Content-Transfer-Encoding",
    nullptr,
};

// OpenDKIM as a verifier looks at the first 4096 octets of h= only.
constexpr std::size_t max_signed_fields = 100;

bool is_signed(const HeaderField& field) {
    return std::any_of(signed_fields.begin(), signed_fields.end(),
                       [&](const char* name) { return equal_names(field.name(), name); });
}

extern "C" {
void* allocate_wiped(void* memory, std::size_t size) {
    return static_cast<WipedMemory*>(memory)->allocate(size);
}
void free_wiped(void* memory, void* data) { static_cast<WipedMemory*>(memory)->free(data); }
}

// One for each thread: making it reads files, and the fixed time is one of its options.
DKIM_LIB* library() {
    static thread_local const std::unique_ptr<DKIM_LIB, decltype(&dkim_close)> mine(
        [] {
            DKIM_LIB* const made = dkim_init(allocate_wiped, free_wiped);
            if (!made) return made;
            const void* const fields = oversigned_fields.data();
            dkim_options(made, DKIM_OP_SETOPT, DKIM_OPTS_OVERSIGNHDRS, const_cast<void*>(fields),
                         sizeof(const char**));
            return made;
        }(),
        &dkim_close);
    return mine.get();
}

unsigned char* octets(const std::string& text) {  // C without const; nothing is written
    return const_cast<unsigned char*>(reinterpret_cast<const unsigned char*>(text.c_str()));
}

// One message on its way through libopendkim.
class Signing {
  public:
    Signing(const SigningKey& key, Timestamp now) : is_ed25519_(key.type == KeyType::ed25519) {
        DKIM_LIB* const lib = library();
        if (!lib) return;
        auto seconds = static_cast<std::uint64_t>(now.time_since_epoch().count());
        dkim_options(lib, DKIM_OP_SETOPT, DKIM_OPTS_FIXEDTIME, &seconds, sizeof(seconds));
        SecretBytes pem = private_key_pem(key.private_key.span());
        handle_ = dkim_sign(lib, octets(id_), &memory_, pem.data(), octets(key.selector), octets(key.domain),
                            DKIM_CANON_RELAXED, DKIM_CANON_RELAXED,
                            is_ed25519_ ? DKIM_SIGN_ED25519SHA256 : DKIM_SIGN_RSASHA256, -1, &status_);
    }
    Signing(const Signing&) = delete;
    Signing& operator=(const Signing&) = delete;
    ~Signing() {
        if (handle_) dkim_free(handle_);
        release_key(leaked_key_);
    }

    Result<std::string> run(const MailMessage& message) {
        if (!handle_) return failed("begin");
        for (const HeaderField& field : message.header) {
            if (!is_signed(field)) continue;
            if (!succeeds(dkim_header(handle_, octets(field.text), field.text.size()))) {
                return failed("read the field " + std::string(field.name()));
            }
        }
        if (!succeeds(dkim_eoh(handle_))) return failed("read the header");
        if (!message.body.empty() &&
            !succeeds(dkim_body(handle_, octets(message.body), message.body.size()))) {
            return failed("read the body");
        }
        if (auto wrong = load_key()) return std::move(*wrong);
        const bool signed_it = succeeds(dkim_eom(handle_, nullptr));
        take_key();
        if (!signed_it) return failed("sign");
        constexpr std::string_view name = DKIM_SIGNHEADER ": ";
        unsigned char* value = nullptr;
        std::size_t size = 0;
        if (!succeeds(dkim_getsighdr_d(handle_, name.size(), &value, &size))) return failed("write its tags");
        return std::string(name).append(reinterpret_cast<const char*>(value), size).append("\r\n");
    }

  private:
    // libopendkim's `struct dkim_crypto`: the beginning of what it allocates to load a private key.
    struct LoadedKey {
        unsigned char padding;
        int bits;
        std::size_t in_size, out_size;
        evp_pkey_st* key;
        void *rsa, *reader, *in, *out;
    };

    // libopendkim 2.11 forgets to free an Ed25519 key: about 500 octets with each signature, and a private
    // key that stays in memory (R9). So we find out where it keeps the key, sure of it by the sizes and the
    // pointer that must be there, and end the key ourselves.
    std::optional<Error> load_key() {
        memory_.watch();
        if (!succeeds(dkim_privkey_load(handle_))) return failed("read the private key");
        if (!is_ed25519_) return std::nullopt;
        const auto& blocks = memory_.watched();
        if (blocks.size() == 2 && blocks[0].size == sizeof(LoadedKey)) {
            auto* const loaded = static_cast<LoadedKey*>(blocks[0].data);
            if (loaded->out == blocks[1].data && loaded->out_size == blocks[1].size) loaded_ = loaded;
        }
        if (loaded_) return std::nullopt;
        return Error{Errc::internal,
                     "this libopendkim is built in another way than custdkim knows, and would "
                     "not free Ed25519 keys; use the one of Debian 12"};
    }

    void take_key() {
        if (loaded_) leaked_key_ = std::exchange(loaded_->key, nullptr);
    }

    bool succeeds(DKIM_STAT status) {
        status_ = status;
        return status == DKIM_STAT_OK;
    }

    Error failed(const std::string& what) const {
        const char* why = handle_ ? dkim_geterror(handle_) : nullptr;
        if (!why) why = dkim_getresultstr(status_);
        return {Errc::internal, "libopendkim could not " + what + ": " + (why ? why : "it does not say why")};
    }

    const bool is_ed25519_;
    const std::string id_ = "custdkim";
    WipedMemory memory_;  // outlives the handle
    DKIM* handle_ = nullptr;
    DKIM_STAT status_ = DKIM_STAT_NORESOURCE;
    LoadedKey* loaded_ = nullptr;
    evp_pkey_st* leaked_key_ = nullptr;
};

}  // namespace

Result<std::string> sign_message(const MailMessage& message, const SigningKey& key, Timestamp now) {
    if (const auto from = from_domain(message); !from) return from.error();
    const auto count = std::count_if(message.header.begin(), message.header.end(), is_signed);
    if (static_cast<std::size_t>(count) > max_signed_fields) {
        return invalid("the message has " + std::to_string(count) +
                       " header fields that are to be signed; 100 is the most");
    }
    return Signing(key, now).run(message);
}

Result<std::string> sign_message(std::string_view text, const SigningKey& key, Timestamp now) {
    const auto message = read_message(text);
    if (!message) return message.error();
    return sign_message(*message, key, now);
}

}  // namespace custdkim
