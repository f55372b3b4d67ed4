#include "sending/dkim_signature.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <memory>
#include <mutex>
#include <vector>

#include "base/ascii.hpp"

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

DKIM_LIB* make_library() {
    DKIM_LIB* const made = dkim_init(allocate_wiped, free_wiped);
    if (!made) return made;
    const void* const fields = oversigned_fields.data();
    dkim_options(made, DKIM_OP_SETOPT, DKIM_OPTS_OVERSIGNHDRS, const_cast<void*>(fields),
                 sizeof(const char**));
    return made;
}

// Those that no signature is made with just now. Making one reads files.
class IdleLibraries {
  public:
    DkimLibrary take() {
        {
            const std::lock_guard lock(mutex_);
            if (!idle_.empty()) {
                DkimLibrary library = std::move(idle_.back());
                idle_.pop_back();
                return library;
            }
        }
        return {make_library(), &dkim_close};
    }
    void give_back(DkimLibrary library) {
        const std::lock_guard lock(mutex_);
        if (library && idle_.size() < most_idle) idle_.push_back(std::move(library));
    }

  private:
    static constexpr std::size_t most_idle = 32;

    std::mutex mutex_;
    std::vector<DkimLibrary> idle_;
};

IdleLibraries& idle_libraries() {
    static IdleLibraries libraries;
    return libraries;
}

unsigned char* octets_of(std::string_view text) {  // C without const; nothing is written
    return const_cast<unsigned char*>(reinterpret_cast<const unsigned char*>(text.data()));
}

}  // namespace

DkimSignature::DkimSignature(const SigningKey& key, const SigningRules& rules, const KeyPlace& place)
    : key_(key), rules_(rules), place_(place), library_(idle_libraries().take()) {
    if (!library_) return;
    constexpr std::string_view id = "custdkim", no_text = "-";  // the key itself is lent in finish()
    const auto algorithm =
        key.private_key->type() == KeyType::ed25519 ? DKIM_SIGN_ED25519SHA256 : DKIM_SIGN_RSASHA256;
    handle_ =
        dkim_sign(library_.get(), octets_of(id), &memory_, octets_of(no_text), octets_of(key_.selector),
                  octets_of(key_.domain), DKIM_CANON_RELAXED, DKIM_CANON_RELAXED, algorithm, -1, &status_);
}

DkimSignature::~DkimSignature() {
    if (handle_) dkim_free(handle_);
    idle_libraries().give_back(std::move(library_));
}

Result<void> DkimSignature::header(const MailMessage& message) {
    if (!handle_) return failed("begin");
    for (const HeaderField& field : message.header) {
        if (!is_signed_field(field)) continue;
        if (!succeeds(dkim_header(handle_, octets_of(field.text), field.text.size()))) {
            return failed("read the field " + std::string(field.name()));
        }
    }
    set_times();
    if (!succeeds(dkim_eoh(handle_))) return failed("read the header");
    return {};
}

Result<void> DkimSignature::body(std::string_view octets) {
    if (octets.empty()) return {};
    if (!succeeds(dkim_body(handle_, octets_of(octets), octets.size()))) return failed("read the body");
    return {};
}

Result<std::string> DkimSignature::finish() {
    place_.lend(handle_, memory_, *key_.private_key);
    const bool was_signed = succeeds(dkim_eom(handle_, nullptr));
    place_.take_back(handle_, *key_.private_key, was_signed);
    if (!was_signed) return failed("sign");
    constexpr std::string_view name = DKIM_SIGNHEADER ": ";
    unsigned char* value = nullptr;
    std::size_t size = 0;
    if (!succeeds(dkim_getsighdr_d(handle_, name.size(), &value, &size))) return failed("write its tags");
    return std::string(name).append(reinterpret_cast<const char*>(value), size).append("\r\n");
}

void DkimSignature::set_times() {
    auto now = static_cast<std::uint64_t>(rules_.now.time_since_epoch().count());
    auto lifetime = static_cast<std::uint64_t>(rules_.expires_after.value_or(Duration(0)).count());
    dkim_options(library_.get(), DKIM_OP_SETOPT, DKIM_OPTS_FIXEDTIME, &now, sizeof(now));
    dkim_options(library_.get(), DKIM_OP_SETOPT, DKIM_OPTS_SIGNATURETTL, &lifetime, sizeof(lifetime));
}

bool DkimSignature::succeeds(DKIM_STAT status) {
    status_ = status;
    return status == DKIM_STAT_OK;
}

Error DkimSignature::failed(const std::string& what) const {
    const char* why = handle_ ? dkim_geterror(handle_) : nullptr;
    if (!why) why = dkim_getresultstr(status_);
    return {Errc::internal, "libopendkim could not " + what + ": " + (why ? why : "it does not say why")};
}

bool is_signed_field(const HeaderField& field) {
    return std::any_of(signed_fields.begin(), signed_fields.end(),
                       [&](const char* name) { return equal_in_any_case(field.name(), name); });
}

}  // namespace custdkim
