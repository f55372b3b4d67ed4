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
    std::optional<Timestamp> published_at;   // its TXT was written
    std::optional<Timestamp> visible_at;     // ... and was seen at every name server (R2)
    std::optional<Timestamp> signing_since;  // first signature
    std::optional<Timestamp> retired_at;     // last signature

    bool operator==(const Pair&) const = default;
};

inline constexpr std::size_t label_length = 6;

struct Slot {
    std::string selector;
    std::string label;        // `label_length` random characters, never issued twice (R8)
    std::vector<Pair> pairs;  // oldest first

    // The pair whose public key the slot's TXT holds, if any.
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
    std::optional<Timestamp> activated_at;
    std::optional<Timestamp> deleted_at;
    std::vector<Slot> slots;

    bool operator==(const Key&) const = default;
};

// "s1._domainkey.acme.example", where the customer publishes a CNAME (RFC 6376 section 3.6.2.1).
std::string customer_name(const Key& key, const Slot& slot);
// "s1.q7w2ka.custdkim.example.net", where that CNAME points and the TXT is.
std::string record_name(const Key& key, const Slot& slot);

}  // namespace custdkim
