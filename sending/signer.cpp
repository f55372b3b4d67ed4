#include "sending/signer.hpp"

#include "keys/rotation_turn.hpp"
#include "sending/from_domain.hpp"
#include "sending/message_signing.hpp"

namespace custdkim {

namespace {

constexpr int attempts = 3;  // against rotations that happen between two reads of the store

Error no_key(const dns::Name& from) {
    return refused(
        "no active key signs mail from " + from.text() +
        "; 'custdkim key list' shows the keys that there are, 'custdkim key activate' lets one sign");
}

Error lost_private_key(const SigningChoice& key) {
    return {Errc::corrupt, "the private key of the key " + key.key_id + " of " + key.domain +
                               " is not in the store; rotate that key"};
}

}  // namespace

std::string SignedMessage::header() const {
    std::string fields;
    for (const MadeSignature& signature : signatures) fields += signature.header;
    return fields;
}

std::string_view algorithm_of(const MadeSignature& signature) {
    return signature.type == KeyType::ed25519 ? "ed25519-sha256" : "rsa-sha256";
}

Signer::Signer(const Parts& parts, const SignerSettings& settings)
    : parts_(parts),
      signature_lifetime_(settings.signature_lifetime),
      private_keys_(parts.store, parts.sealer, parts.clock, settings.private_keys),
      counts_(settings.transit) {}

Result<SignedMessage> Signer::sign(std::string_view text, const std::string& org) {
    const auto message = read_message(text);
    if (!message) return message.error();
    const auto from = from_domain(*message);
    if (!from) return from.error();
    for (int attempt = 1;; ++attempt) {
        const Choices choices = parts_.index.choose(*from, org, parts_.random);
        if (choices.empty()) return no_key(*from);
        auto signed_message = try_sign(*message, choices);
        if (!signed_message) return signed_message.error();
        if (*signed_message) return std::move(**signed_message);
        if (attempt == attempts) return lost_private_key(choices.front());
    }
}

std::uint64_t Signer::signed_since(const std::string& key_id, Timestamp since) const {
    return counts_.since(key_id, since);
}

// Of the pair that signs by now: the index may be a moment behind the store. Nothing where none does any
// more.
Result<std::shared_ptr<const PrivateKey>> Signer::private_key_of(SigningChoice& choice) {
    if (auto kept = private_keys_.kept(choice.key_id, choice.pair)) return kept;
    const auto key = parts_.store.find(choice.key_id);
    if (!key) return key.error();
    if (!*key || !signs(**key)) return std::shared_ptr<const PrivateKey>();
    const auto signing = signing_pair(**key);
    choice.pair = signing->pair->number;
    choice.selector = (*key)->slots[signing->slot].selector;
    return private_keys_.of(**key);
}

// Nothing where a private key is gone: signing has moved to another pair meanwhile.
Result<std::optional<SignedMessage>> Signer::try_sign(const MailMessage& message, Choices choices) {
    std::vector<SigningKey> signing_keys;
    for (SigningChoice& choice : choices) {
        auto private_key = private_key_of(choice);
        if (!private_key) return private_key.error();
        if (!*private_key) return std::optional<SignedMessage>();
        signing_keys.push_back({choice.domain, choice.selector, std::move(*private_key)});
    }
    const Timestamp now = parts_.clock.now();
    auto fields = sign_message(message, signing_keys, {now, signature_lifetime_});
    if (!fields) return fields.error();
    SignedMessage made;
    for (std::size_t i = 0; i < choices.size(); ++i) {
        SigningChoice& choice = choices[i];
        counts_.add(choice.key_id, now);
        made.signatures.push_back({std::move((*fields)[i]), std::move(choice.key_id),
                                   std::move(choice.domain), std::move(choice.selector), choice.pair,
                                   choice.type});
    }
    return std::optional(std::move(made));
}

}  // namespace custdkim
