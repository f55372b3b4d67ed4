// Signs messages with the keys of the house: the key that fits the From domain, its pair that signs now. A
// private key leaves the store for one signature and is wiped behind it (R9). Thread-safe.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.hpp"
#include "keys/sealing.hpp"
#include "keys/store.hpp"
#include "sending/mail_message.hpp"
#include "sending/signature_counts.hpp"

namespace custdkim {

struct SignedMessage {
    std::string header;  // "DKIM-Signature: ...", with its CRLF, to be put before the message
    std::string key_id;
    dns::Name domain;  // d=
    std::string selector;
    unsigned pair = 0;  // Pair::number
};

class Signer {
  public:
    // `transit`: how long mail is under way, and signatures are counted. References outlive the signer.
    Signer(Store& store, const Sealer& sealer, const Clock& clock, Duration transit = std::chrono::days(5));

    // `invalid` for what is no message or has no one author, `refused` where no active key covers its From
    // domain. Only keys of the organisation `org` are there, if one is given.
    Result<SignedMessage> sign(std::string_view message, const std::string& org = {});

    std::uint64_t signed_since(const std::string& key_id, Timestamp since) const;

  private:
    Result<std::optional<Key>> find_key(const dns::Name& from, const std::string& org);
    Result<std::optional<Key>> find_active(const dns::Name& domain, DomainMatch unless,
                                           const std::string& org);
    Result<std::optional<SignedMessage>> try_sign(const MailMessage& message, const Key& key);

    Store& store_;
    const Sealer& sealer_;
    const Clock& clock_;
    SignatureCounts counts_;
};

}  // namespace custdkim
