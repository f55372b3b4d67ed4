// Signs a message while it passes by, with one key or several at the same time (RFC 8463 section 3: RSA for
// all, Ed25519 for those who know it). The body comes in pieces of any size and is not kept. Signed are the
// header fields of RFC 6376 section 5.4.1 and those that a reader sees, several of them once more than they
// occur, so that nobody can add another one (section 8.15).
//
// A MessageSigning is used by one thread at a time; there may be many of them. sign_message() is thread-safe.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "sending/body_lines.hpp"
#include "sending/dkim_signature.hpp"
#include "sending/mail_message.hpp"
#include "sending/signing_key.hpp"

namespace custdkim {

class MessageSigning {
  public:
    // `message` is read here and not kept; its body is not looked at. `invalid` for a From that has not one
    // reading (sending/from_domain.hpp), and for more header fields to sign than verifiers bear.
    static Result<MessageSigning> begin(const MailMessage& message, std::span<const SigningKey> keys,
                                        const SigningRules& rules);

    // The next octets of the body, as they are in a file or come over SMTP, without dot-stuffing. `invalid`
    // for what could not travel unchanged and for more than max_message_octets; the same again from then on.
    Result<void> body(std::string_view octets);

    // "DKIM-Signature: ...", folded, with its CRLF: one for each key, in their order. Then it is over.
    Result<std::vector<std::string>> finish();

  private:
    explicit MessageSigning(const MailMessage& message);
    BodyLines::Sink to_all_signatures();
    Result<void> keep_error(Result<void> outcome);

    std::vector<std::unique_ptr<DkimSignature>> signatures_;
    BodyLines lines_;
    std::size_t octets_;  // of the message
    std::optional<Error> error_;
};

// The same for a message that is there as a whole.
Result<std::vector<std::string>> sign_message(std::string_view text, std::span<const SigningKey> keys,
                                              const SigningRules& rules);

}  // namespace custdkim
