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

Error lost_private_key(const Key& key) {
    return {Errc::corrupt, "the private key of the key " + key.id + " of " + key.domain.text() +
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

Signer::Signer(Store& store, const Sealer& sealer, const Clock& clock, const SignerSettings& settings)
    : store_(store),
      clock_(clock),
      signature_lifetime_(settings.signature_lifetime),
      private_keys_(store, sealer, clock, settings.private_keys),
      counts_(settings.transit) {}

Result<SignedMessage> Signer::sign(std::string_view text, const std::string& org) {
    const auto message = read_message(text);
    if (!message) return message.error();
    const auto from = from_domain(*message);
    if (!from) return from.error();
    for (int attempt = 1;; ++attempt) {
        const auto keys = choose(*from, org);
        if (!keys) return keys.error();
        if (keys->empty()) return no_key(*from);
        auto signed_message = try_sign(*message, *keys);
        if (!signed_message) return signed_message.error();
        if (*signed_message) return std::move(**signed_message);
        if (attempt == attempts) return lost_private_key(keys->front());
    }
}

std::uint64_t Signer::signed_since(const std::string& key_id, Timestamp since) const {
    return counts_.since(key_id, since);
}

// The keys that sign: none if the domain has none.
Result<std::vector<Key>> Signer::choose(const dns::Name& from, const std::string& org) {
    auto key = find_key(from, org);
    if (!key) return key.error();
    if (!*key) return std::vector<Key>();
    return std::vector<Key>{std::move(**key)};
}

// The domain's own key, else the one of the nearest domain above.
Result<std::optional<Key>> Signer::find_key(const dns::Name& from, const std::string& org) {
    auto key = find_active(from, DomainMatch::subdomains, org);
    for (std::string_view above = dns::parent(from.text()); key && !*key && !above.empty();
         above = dns::parent(above)) {
        const auto name = dns::Name::parse(above);
        if (!name) return name.error();
        key = find_active(*name, DomainMatch::domain, org);
    }
    return key;
}

// A key of just this domain that signs, and whose match is not `unless`.
Result<std::optional<Key>> Signer::find_active(const dns::Name& domain, DomainMatch unless,
                                               const std::string& org) {
    KeyFilter filter;
    filter.domain = domain;
    filter.org = org;
    do {
        auto page = store_.list(filter);
        if (!page) return page.error();
        for (Key& key : page->keys) {
            const bool is_alive = !key.deleted_at && !key.revoked_at && signing_pair(key);
            if (is_alive && key.match != unless) return std::optional(std::move(key));
        }
        filter.after = page->next;
    } while (!filter.after.empty());
    return std::optional<Key>();
}

// Nothing where a private key is gone: signing has moved to another pair meanwhile.
Result<std::optional<SignedMessage>> Signer::try_sign(const MailMessage& message,
                                                      const std::vector<Key>& keys) {
    SignedMessage made;
    std::vector<SigningKey> signing_keys;
    for (const Key& key : keys) {
        auto private_key = private_keys_.of(key);
        if (!private_key) return private_key.error();
        if (!*private_key) return std::optional<SignedMessage>();
        const auto signing = signing_pair(key);
        const std::string& selector = key.slots[signing->slot].selector;
        signing_keys.push_back({key.domain.text(), selector, std::move(*private_key)});
        made.signatures.push_back({{}, key.id, key.domain, selector, signing->pair->number, key.type});
    }
    const Timestamp now = clock_.now();
    auto fields = sign_message(message, signing_keys, {now, signature_lifetime_});
    if (!fields) return fields.error();
    for (std::size_t i = 0; i < keys.size(); ++i) {
        made.signatures[i].header = std::move((*fields)[i]);
        counts_.add(keys[i].id, now);
    }
    return std::optional(std::move(made));
}

}  // namespace custdkim
