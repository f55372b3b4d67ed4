// One DKIM-Signature header field on its way through libopendkim (RFC 6376 section 3.5; Ed25519: RFC 8463):
// relaxed/relaxed, SHA-256, no l=. Calls come in the order in which they stand here; after an error there is
// nothing to be had any more. Used by one thread at a time. For others:
// sending/message_signing.hpp.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.hpp"
#include "base/time.hpp"
#include "sending/key_place.hpp"
#include "sending/mail_message.hpp"
#include "sending/opendkim.hpp"
#include "sending/signing_key.hpp"
#include "sending/wiped_memory.hpp"

namespace custdkim {

// What a signature says of time.
struct SigningRules {
    Timestamp now;                          // t=
    std::optional<Duration> expires_after;  // x= is so much later; without: no x=
};

using DkimLibrary = std::unique_ptr<DKIM_LIB, decltype(&dkim_close)>;

class DkimSignature {
  public:
    DkimSignature(const SigningKey& key, const SigningRules& rules, const KeyPlace& place);
    DkimSignature(const DkimSignature&) = delete;
    DkimSignature& operator=(const DkimSignature&) = delete;
    ~DkimSignature();

    // Of the message's fields those that are to be signed.
    Result<void> header(const MailMessage& message);
    // The next octets of the body; all lines end in CRLF.
    Result<void> body(std::string_view octets);
    // "DKIM-Signature: ...", folded, with its CRLF.
    Result<std::string> finish();

  private:
    bool succeeds(DKIM_STAT status);
    Error failed(const std::string& what) const;
    void set_times();

    const SigningKey key_;
    const SigningRules rules_;
    const KeyPlace place_;
    WipedMemory memory_;   // outlives the handle
    DkimLibrary library_;  // ours alone meanwhile: the times are options of it
    DKIM* handle_ = nullptr;
    DKIM_STAT status_ = DKIM_STAT_NORESOURCE;
};

// Fields that are signed where they occur; names have no case.
bool is_signed_field(const HeaderField& field);

}  // namespace custdkim
