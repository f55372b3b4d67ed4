#include "sending/signer.hpp"

#include "keys/rotation_turn.hpp"
#include "sending/dkim_signature.hpp"
#include "sending/from_domain.hpp"

namespace custdkim {

namespace {

constexpr int attempts = 3;  // against rotations that happen between two reads of the store

Error no_key(const dns::Name& from) {
    return refused(
        "no active key signs mail from " + from.text() +
        "; 'custdkim key list' shows the keys that there are, 'custdkim key activate' lets one sign");
}

}  // namespace

Signer::Signer(Store& store, const Sealer& sealer, const Clock& clock, Duration transit)
    : store_(store), sealer_(sealer), clock_(clock), counts_(transit) {}

Result<SignedMessage> Signer::sign(std::string_view text, const std::string& org) {
    const auto message = read_message(text);
    if (!message) return message.error();
    const auto from = from_domain(*message);
    if (!from) return from.error();
    for (int attempt = 1;; ++attempt) {
        const auto key = find_key(*from, org);
        if (!key) return key.error();
        if (!*key) return no_key(*from);
        auto signed_message = try_sign(*message, **key);
        if (!signed_message) return signed_message.error();
        if (*signed_message) return std::move(**signed_message);
        if (attempt == attempts) {
            return Error{Errc::corrupt, "the private key of the key " + (*key)->id + " of " +
                                            (*key)->domain.text() + " is not in the store; rotate that key"};
        }
    }
}

std::uint64_t Signer::signed_since(const std::string& key_id, Timestamp since) const {
    return counts_.since(key_id, since);
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

// Nothing where the private key is gone: signing has moved to another pair meanwhile.
Result<std::optional<SignedMessage>> Signer::try_sign(const MailMessage& message, const Key& key) {
    const auto signing = signing_pair(key);
    const Pair& pair = *signing->pair;
    const std::string& selector = key.slots[signing->slot].selector;
    const auto sealed = store_.private_key(key.id, pair.number);
    if (!sealed) return sealed.error();
    if (!*sealed) return std::optional<SignedMessage>();
    auto opened = sealer_.open(**sealed, pair.public_key);
    if (!opened) return opened.error();
    const SigningKey signing_key{key.type, key.domain.text(), selector, std::move(*opened)};
    const Timestamp now = clock_.now();
    auto header = sign_message(message, signing_key, now);
    if (!header) return header.error();
    counts_.add(key.id, now);
    return std::optional(SignedMessage{std::move(*header), key.id, key.domain, selector, pair.number});
}

}  // namespace custdkim
