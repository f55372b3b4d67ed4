// Who may send: an address may, if its whole domain has an active key, and if whoever reads its mail has
// confirmed it with the code that was sent there. (We make the code; the platform sends it.) An organisation
// may do without the second for domains that have the first. Thread-safe.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/clock.hpp"
#include "base/random.hpp"
#include "keys/access.hpp"
#include "keys/access_store.hpp"
#include "keys/sender_store.hpp"
#include "keys/store.hpp"
#include "sending/mail_address.hpp"
#include "sending/signing_index.hpp"

namespace custdkim {

inline constexpr Duration code_lifetime = std::chrono::days(7);

// Why an address may send, or may not.
enum class SenderReason {
    verified,              // it may: its domain and itself are
    not_asked_for,         // it may: its domain is, and its organisation wants no more
    domain_not_verified,   // no active key has just its domain
    address_not_verified,  // nobody has confirmed it
};

std::string_view to_string(SenderReason reason);

struct SenderCheck {
    MailAddress address;
    bool allowed = false;
    SenderReason reason = SenderReason::domain_not_verified;
    std::string org;     // whose rules were asked; "" where there is no such key and none was named
    std::string detail;  // one sentence: why
    std::string fix;     // what to do; empty where it may
    std::vector<SigningChoice> keys;  // that may sign its mail: of each type one does, drawn from its equals
};

struct NewSender {
    Sender sender;
    std::string code;  // whoever brings it confirms the address; nobody can tell it again
};

class Senders {
  public:
    // What is stored, all of it in one place; all of it and all references outlive the senders.
    struct Stores {
        SenderStore& senders;
        AccessStore& access;
        Store& keys;
    };
    Senders(const Stores& stores, const SigningIndex& index, const Clock& clock, Random& random);

    // By the rules of this organisation; without one, of those that have a key of the domain: one is enough.
    Result<SenderCheck> check(const MailAddress& address, const std::string& org = {});

    // With a new code, also where the address is there and waits; `conflict` where it is confirmed.
    Result<NewSender> add(const MailAddress& address, const std::string& org, const Caller& by);
    // `not_found` for what is no code, not any more, or not of the caller's organisation.
    Result<Sender> confirm(std::string_view code, const Caller& by);
    Result<Sender> remove(const MailAddress& address, const std::string& org, const Caller& by);
    Result<SenderPage> list(const SenderFilter& filter) { return stores_.senders.senders(filter); }

  private:
    Result<SenderCheck> check_in(const MailAddress& address, const std::string& org);
    Result<void> explain_domain(SenderCheck& check);
    Event event_of(const Sender& sender, const char* action, const Caller& by) const;

    const Stores stores_;
    const SigningIndex& index_;
    const Clock& clock_;
    Random& random_;
};

}  // namespace custdkim
