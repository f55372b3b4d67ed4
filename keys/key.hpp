// What a customer has for a domain: a key of N slots, each slot one selector and its record, in it the pairs
// that were published there. Only facts are kept; states are derived from them (keys/key_state.hpp).
// Plain values.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "base/time.hpp"
#include "dns/name.hpp"
#include "keys/key_pair.hpp"
#include "keys/key_type.hpp"

namespace custdkim {

// Which From domains a key signs for.
enum class DomainMatch { domain, subdomains, domain_and_subdomains };

std::string_view to_string(DomainMatch match);
Result<DomainMatch> parse_domain_match(std::string_view text);

struct Pair {
    unsigned number = 0;  // within its key, counting up, never used again
    Bytes public_key;
    Timestamp created_at{};
    std::optional<Timestamp> published_at;    // its TXT was written
    std::optional<Timestamp> visible_at;      // ... and was seen at every name server (R2)
    std::optional<Timestamp> signing_since;   // first signature
    std::optional<Timestamp> retired_at;      // last signature
    std::optional<Timestamp> compromised_at;  // an operator said that the private key has leaked
    std::optional<Timestamp> revoked_at;      // since when its record says "p=" (RFC 6376 section 3.6.1)
    std::optional<Timestamp> destroyed_at;    // its private key is in the store no more (R9)
    Bytes revealed;                           // the private key (PKCS#8 DER), if its record shows it

    bool operator==(const Pair&) const = default;
};

// What a look at the customer's DNS found. Unknown is not missing (R5).
enum class Outcome { pass, fail, unknown };

std::string_view to_string(Outcome outcome);
Result<Outcome> parse_outcome(std::string_view text);

struct Finding {
    Outcome outcome = Outcome::unknown;
    std::string
        cause;  // a stable lower-case word with dashes; for a pass "", or what is odd and does no harm
    std::string detail;  // what was seen
    std::string fix;     // what the customer can do
    Timestamp checked_at{};
    std::vector<std::string> candidates = {};  // causes that look alike from outside, `cause` first; or none
    std::vector<std::string> evidence = {};    // what was asked and answered, as lines that `dig` might print

    bool operator==(const Finding&) const = default;
};

// What is known of the customer's CNAME to a slot (R4).
struct SlotCheck {
    std::optional<Finding> last;             // of whatever outcome
    std::optional<Timestamp> verified_at;    // the last pass ...
    unsigned verified_pair = 0;              // ... and the pair whose public key it led to
    std::optional<Timestamp> passing_since;  // no look has failed since; unset by a fail
    // The last run of looks that failed, with no pass between them. It goes on while `passing_since` is
    // unset.
    std::optional<Timestamp> failing_since, last_failed_at;
    unsigned failed_looks = 0;

    bool operator==(const SlotCheck&) const = default;
};

inline constexpr std::size_t label_length = 6;  // of what is drawn; see keys/label_prefix.hpp

struct Slot {
    std::string selector;
    std::string label;        // random characters, never issued twice (R8)
    std::vector<Pair> pairs;  // oldest first; none: a placeholder, whose TXT says "p="
    SlotCheck check = {};

    // The pair that the slot's TXT is about, if any.
    const Pair* published() const;

    bool operator==(const Slot&) const = default;
};

struct Key {
    std::string id;
    dns::Name zone;
    dns::Name domain;
    DomainMatch match = DomainMatch::domain;
    KeyType type = KeyType::rsa_2048;
    std::string org;
    std::uint64_t version = 1;  // counts the changes; a writer must know the one it replaces
    Timestamp created_at{};
    std::optional<Timestamp> activated_at;           // an operator's order; unset by deactivation
    std::optional<Timestamp> rotation_requested_at;  // likewise, until signing has moved
    std::optional<Timestamp> revoked_at;             // for good: all records say "p="
    std::optional<Timestamp> deleted_at;
    std::vector<Slot> slots;

    bool operator==(const Key&) const = default;
};

// "s1._domainkey.acme.example", where the customer publishes a CNAME (RFC 6376 section 3.6.2.1).
std::string customer_name(const Key& key, const Slot& slot);
// "s1.q7w2ka.custdkim.example.net", where that CNAME points and the TXT is.
std::string record_name(const Key& key, const Slot& slot);

}  // namespace custdkim
