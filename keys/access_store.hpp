// The port for bearer tokens and organisations. Every call is one transaction (R10), with the event that
// tells of it; an event without an action is none. Implemented in store/. Thread-safe.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "base/time.hpp"
#include "keys/access.hpp"
#include "keys/digest.hpp"
#include "keys/event.hpp"

namespace custdkim {

struct Token {
    std::string id;
    std::string name;  // for the audit log
    Sha256 digest{};   // of the token itself, which is not kept
    Scopes scopes;
    std::string org = {};  // Caller::org
    Timestamp created_at{};
    std::optional<Timestamp> expires_at, last_used_at, revoked_at;

    bool operator==(const Token&) const = default;
};

// What becomes of mail that nothing may sign.
enum class UnsignedMail { reject, pass };

std::string_view to_string(UnsignedMail what);
Result<UnsignedMail> parse_unsigned_mail(std::string_view text);

// Whose keys they are. Comes into being with its first key, if not before.
struct Organisation {
    std::string name;
    std::string description;  // for people
    Timestamp created_at{};
    // Whether an address must be confirmed before mail may be from it, also where its domain has an active
    // key. Without, everybody who can hand in mail can send as anybody of the domain.
    bool verifies_users = true;
    UnsignedMail unsigned_mail = UnsignedMail::reject;

    bool operator==(const Organisation&) const = default;
};

class AccessStore {
  public:
    virtual ~AccessStore() = default;

    // Oldest first.
    virtual Result<std::vector<Token>> tokens() = 0;
    // Enters the token; or, where its id is there, keeps when it was used and revoked. `not_found` where its
    // organisation is not there.
    virtual Result<void> put_token(const Token& token, const Event& event) = 0;
    virtual Result<void> forget_token(std::string_view id) = 0;

    // By name, those behind `after`.
    virtual Result<std::vector<Organisation>> organisations(std::string_view after, std::size_t limit) = 0;
    virtual Result<std::optional<Organisation>> organisation(std::string_view name) = 0;
    // `conflict` where there is one of that name.
    virtual Result<void> add_organisation(const Organisation& organisation, const Event& event) = 0;
    // All but its name and when it was created. `not_found`.
    virtual Result<void> set_organisation(const Organisation& organisation, const Event& event) = 0;
    // With its senders. `not_found`; `conflict` while it has keys, or tokens that are neither revoked nor
    // expired.
    virtual Result<void> remove_organisation(std::string_view name, const Event& event, Timestamp now) = 0;
    virtual Result<std::uint64_t> count_keys_of(std::string_view organisation) = 0;
};

}  // namespace custdkim
