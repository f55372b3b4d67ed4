#include "sending/senders.hpp"

#include <algorithm>

#include "keys/rotation_turn.hpp"

namespace custdkim {

namespace {

constexpr std::string_view code_alphabet = "abcdefghijkmnpqrstuvwxyz23456789";  // none looks like another
constexpr std::size_t most_looked_at = 100;                                     // keys of one domain
constexpr std::size_t code_length = 26;  // of 32 letters each: 130 bits

Error no_code() {
    return {Errc::not_found,
            "no address waits for this code: it was used, it has expired, or another one was made since; "
            "'custdkim sender add' makes a new one"};
}

std::string_view domain_of(const SenderCheck& check) { return check.address.domain.text(); }

void explain_address(SenderCheck& check, const std::optional<Sender>& sender) {
    const std::string address = check.address.text();
    check.reason = SenderReason::address_not_verified;
    check.detail = sender ? "nobody has confirmed " + address + " yet"
                          : "the address " + address + " is not among those of the organisation " + check.org;
    check.fix = sender ? "confirm it with the code that was sent there: custdkim sender confirm CODE"
                       : "add it, send the code that this prints to the address, and confirm it: custdkim "
                         "sender add " +
                             address + " --org " + check.org;
}

}  // namespace

std::string_view to_string(SenderReason reason) {
    switch (reason) {
        case SenderReason::verified: return "verified";
        case SenderReason::not_asked_for: return "user-verification-off";
        case SenderReason::domain_not_verified: return "domain-not-verified";
        case SenderReason::address_not_verified: return "address-not-verified";
    }
    return "domain-not-verified";
}

Senders::Senders(const Stores& stores, const SigningIndex& index, const Clock& clock, Random& random)
    : stores_(stores), index_(index), clock_(clock), random_(random) {}

// A key that is there and does not sign yet is to be activated, not made once more.
Result<void> Senders::explain_domain(SenderCheck& check) {
    const std::string domain(domain_of(check)), org = check.org;
    check.reason = SenderReason::domain_not_verified;
    check.detail = "no active key" + (org.empty() ? "" : " of the organisation " + org) +
                   " has just the domain " + domain;
    if (!check.keys.empty() && check.keys.front().domain != domain) {
        check.detail += "; that " + check.keys.front().domain + " has one does not count";
    }
    const auto keys = stores_.keys.list({check.address.domain, "", most_looked_at, org});
    if (!keys) return keys.error();
    for (const Key& key : keys->keys) {
        if (signs(key)) check.detail += "; its key " + key.id + " signs for subdomains only";
        if (key.deleted_at || key.revoked_at || key.match == DomainMatch::subdomains) continue;
        check.fix = "activate its key: custdkim key activate " + key.id;
        return {};
    }
    check.fix = "create a key for " + domain + " and activate it: custdkim key create " + domain +
                (org.empty() ? "" : " --org " + org);
    return {};
}

Result<SenderCheck> Senders::check(const MailAddress& address, const std::string& org) {
    if (!org.empty()) return check_in(address, org);
    std::optional<SenderCheck> refusal;
    for (const std::string& owner : index_.organisations_of(address.domain)) {
        auto check = check_in(address, owner);
        if (!check || check->allowed) return check;
        if (!refusal) refusal = std::move(*check);
    }
    if (refusal) return std::move(*refusal);
    return check_in(address, "");
}

Result<SenderCheck> Senders::check_in(const MailAddress& address, const std::string& org) {
    SenderCheck check{address, false, {}, org, "", "", index_.candidates(address.domain, org)};
    const auto owners = index_.organisations_of(address.domain);
    if (std::find(owners.begin(), owners.end(), org) == owners.end()) {
        if (const auto explained = explain_domain(check); !explained) return explained.error();
        return check;
    }
    const auto sender = stores_.senders.sender(org, address.text());
    if (!sender) return sender.error();
    const bool is_confirmed = *sender && (*sender)->confirmed_at;
    const auto organisation = stores_.access.organisation(org);
    if (!organisation) return organisation.error();
    check.allowed = is_confirmed || (*organisation && !(*organisation)->verifies_users);
    if (!check.allowed) {
        explain_address(check, *sender);
    } else if (is_confirmed) {
        check.reason = SenderReason::verified;
        check.detail = "its domain has an active key, and the address is confirmed";
    } else {
        check.reason = SenderReason::not_asked_for;
        check.detail = "its domain has an active key, and the organisation " + org +
                       " does not ask whether addresses are confirmed";
    }
    return check;
}

Event Senders::event_of(const Sender& sender, const char* action, const Caller& by) const {
    return {0, clock_.now(), by.name, action, "", sender.domain, sender.address, sender.org};
}

Result<NewSender> Senders::add(const MailAddress& address, const std::string& org, const Caller& by) {
    const auto known = stores_.senders.sender(org, address.text());
    if (!known) return known.error();
    if (*known && (*known)->confirmed_at) {
        return Error{Errc::conflict, "the address " + address.text() + " is confirmed already"};
    }
    NewSender made;
    made.code = random_.text(code_length, code_alphabet);
    made.sender =
        *known ? **known : Sender{org, address.text(), address.domain.text(), clock_.now(), {}, {}, {}};
    made.sender.code = sha256(made.code);
    made.sender.code_ends_at = clock_.now() + code_lifetime;
    const auto kept = stores_.senders.put_sender(made.sender, event_of(made.sender, "sender-add", by));
    if (!kept) return kept.error();
    return made;
}

Result<Sender> Senders::confirm(std::string_view code, const Caller& by) {
    const auto found = stores_.senders.sender_with_code(sha256(code));
    if (!found) return found.error();
    if (!*found || (!by.org.empty() && (*found)->org != by.org)) return no_code();
    Sender sender = **found;
    const Timestamp now = clock_.now();
    if (now >= sender.code_ends_at) return no_code();
    sender.confirmed_at = now;
    sender.code.reset();
    const auto kept = stores_.senders.put_sender(sender, event_of(sender, "sender-confirm", by));
    if (!kept) return kept.error();
    return sender;
}

Result<Sender> Senders::remove(const MailAddress& address, const std::string& org, const Caller& by) {
    const auto sender = stores_.senders.sender(org, address.text());
    if (!sender) return sender.error();
    const Sender gone = sender->value_or(Sender{org, address.text(), address.domain.text(), {}, {}, {}, {}});
    const auto removed =
        stores_.senders.remove_sender(org, address.text(), event_of(gone, "sender-remove", by));
    if (!removed) return removed.error();
    return gone;
}

}  // namespace custdkim
