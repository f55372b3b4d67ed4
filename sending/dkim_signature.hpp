// The DKIM-Signature header field of a message (RFC 6376 section 3.5; Ed25519: RFC 8463), made by
// libopendkim: relaxed/relaxed, SHA-256, the header fields of section 5.4.1 and those that a reader sees,
// several of them signed once more than they occur, so that nobody can add another one (section 8.15).
// Thread-safe.
#pragma once

#include <string>
#include <string_view>

#include "base/result.hpp"
#include "base/time.hpp"
#include "keys/key_type.hpp"
#include "keys/secret.hpp"
#include "sending/mail_message.hpp"

namespace custdkim {

struct SigningKey {
    KeyType type = KeyType::rsa_2048;
    std::string domain;       // d=
    std::string selector;     // s=
    SecretBytes private_key;  // PKCS#8 DER
};

// "DKIM-Signature: ...", folded, with its CRLF, to be put before the message. `now` becomes t=.
Result<std::string> sign_message(const MailMessage& message, const SigningKey& key, Timestamp now);

// The same for a text that was not read yet.
Result<std::string> sign_message(std::string_view text, const SigningKey& key, Timestamp now);

}  // namespace custdkim
