#include "sending/signer.hpp"

#include "keys/rotation_turn.hpp"
#include "sending/from_domain.hpp"

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

Error changed() {
    return {Errc::busy, "the key has changed while the message came in; send the message once more"};
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

Result<SignedMessage> Signer::sign(const MailMessage& message, const std::string& org) {
    for (int attempt = 1;; ++attempt) {
        auto passing = begin(message, org);
        if (!passing) return passing.error();
        if (const auto taken = passing->body(message.body); !taken) return taken.error();
        auto made = passing->finish();
        if (made || made.error().code != Errc::busy || attempt == attempts) return made;
    }
}

Result<PassingMessage> Signer::begin(const MailMessage& message, const std::string& org) {
    const auto from = from_domain(message);
    if (!from) return from.error();
    for (int attempt = 1;; ++attempt) {
        Choices choices = parts_.index.choose(*from, org, parts_.random);
        if (choices.empty()) return no_key(*from);
        const auto keys = signing_keys(choices);
        if (!keys) return keys.error();
        if (*keys) {
            auto signing = MessageSigning::begin(message, **keys, {parts_.clock.now(), signature_lifetime_});
            if (!signing) return signing.error();
            return PassingMessage(*this, std::move(choices), std::move(*signing));
        }
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
Result<std::optional<std::vector<SigningKey>>> Signer::signing_keys(Choices& choices) {
    std::vector<SigningKey> keys;
    for (SigningChoice& choice : choices) {
        auto private_key = private_key_of(choice);
        if (!private_key) return private_key.error();
        if (!*private_key) return std::optional<std::vector<SigningKey>>();
        keys.push_back({choice.domain, choice.selector, std::move(*private_key)});
    }
    return std::optional(std::move(keys));
}

Result<bool> Signer::still_sign(const Choices& choices) {
    for (const SigningChoice& choice : choices) {
        if (private_keys_.kept(choice.key_id, choice.pair)) continue;
        const auto key = parts_.store.find(choice.key_id);
        if (!key) return key.error();
        if (!*key || !signs(**key) || signing_pair(**key)->pair->number != choice.pair) return false;
    }
    return true;
}

Result<SignedMessage> PassingMessage::finish() {
    const auto sign_yet = signer_->still_sign(choices_);
    if (!sign_yet) return sign_yet.error();
    if (!*sign_yet) return changed();
    auto fields = signing_.finish();
    if (!fields) return fields.error();
    const Timestamp now = signer_->parts_.clock.now();
    SignedMessage made;
    for (std::size_t i = 0; i < choices_.size(); ++i) {
        SigningChoice& choice = choices_[i];
        signer_->counts_.add(choice.key_id, now);
        made.signatures.push_back({std::move((*fields)[i]), std::move(choice.key_id),
                                   std::move(choice.domain), std::move(choice.selector), choice.pair,
                                   choice.type});
    }
    return made;
}

}  // namespace custdkim
