// Signs messages with the keys of the house: the key that fits the From domain, its pair that signs now. A
// private key leaves the store to sign only, and is wiped soon after (R9). Thread-safe.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.hpp"
#include "base/random.hpp"
#include "keys/sealing.hpp"
#include "keys/store.hpp"
#include "sending/mail_message.hpp"
#include "sending/message_signing.hpp"
#include "sending/private_keys.hpp"
#include "sending/signature_counts.hpp"
#include "sending/signing_index.hpp"

namespace custdkim {

// One signature of a message.
struct MadeSignature {
    std::string header;  // "DKIM-Signature: ...", with its CRLF
    std::string key_id;
    std::string domain;  // d=
    std::string selector;
    unsigned pair = 0;  // Pair::number
    KeyType type = KeyType::rsa_2048;
};

struct SignedMessage {
    std::vector<MadeSignature> signatures;  // one at least

    std::string header() const;  // of all, to be put before the message
};

// a=, "rsa-sha256" or "ed25519-sha256".
std::string_view algorithm_of(const MadeSignature& signature);

class Signer;

// A message that is signed while it comes in; its body is not kept. Used by one thread at a time, and no
// longer than its Signer.
class PassingMessage {
  public:
    // As MessageSigning::body().
    Result<void> body(std::string_view octets) { return signing_.body(octets); }

    // `busy` if the pair does not sign any more (R2): the message has to come again. Then it is over.
    Result<SignedMessage> finish();

  private:
    friend class Signer;
    PassingMessage(Signer& signer, std::vector<SigningChoice> choices, MessageSigning signing)
        : signer_(&signer), choices_(std::move(choices)), signing_(std::move(signing)) {}

    Signer* signer_;
    std::vector<SigningChoice> choices_;
    MessageSigning signing_;
};

struct SignerSettings {
    Duration transit = std::chrono::days(5);     // of mail; signatures are counted for so long
    std::optional<Duration> signature_lifetime;  // x= is so much after t=; without: no x=
    PrivateKeyLimits private_keys;
};

class Signer {
  public:
    // All outlive the signer.
    struct Parts {
        Store& store;
        const Sealer& sealer;
        const SigningIndex& index;
        const Clock& clock;
        Random& random;
    };
    explicit Signer(const Parts& parts, const SignerSettings& settings = {});

    // With the keys that the index chooses. `invalid` for what has no one author or could not travel
    // unchanged, `refused` where no active key covers its From domain. Only keys of the organisation `org`
    // are there, if one is given. Where a key changes meanwhile, it begins anew.
    Result<SignedMessage> sign(const MailMessage& message, const std::string& org = {});

    // The same for a message whose body is still to come: of `message` only the header is looked at.
    Result<PassingMessage> begin(const MailMessage& message, const std::string& org = {});

    std::uint64_t signed_since(const std::string& key_id, Timestamp since) const;

    // A key has changed: what is kept of it is dropped.
    void forget(const std::string& key_id) { private_keys_.forget(key_id); }
    // Private keys that were unsealed longer ago than they are kept.
    void forget_old() { private_keys_.forget_old(); }
    std::size_t private_keys_kept() const { return private_keys_.size(); }

  private:
    friend class PassingMessage;

    using Choices = std::vector<SigningChoice>;
    Result<std::optional<std::vector<SigningKey>>> signing_keys(Choices& choices);
    Result<std::shared_ptr<const PrivateKey>> private_key_of(SigningChoice& choice);
    Result<bool> still_sign(const Choices& choices);

    const Parts parts_;
    const std::optional<Duration> signature_lifetime_;
    PrivateKeys private_keys_;
    SignatureCounts counts_;
};

}  // namespace custdkim
