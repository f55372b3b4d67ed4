// Hashed owner names (RFC 5155 section 5): SHA-1, `iterations` times more, with a salt. Pure.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.hpp"
#include "dns/name.hpp"

namespace custdkim {

struct Hashing {
    std::uint16_t iterations = 0;
    std::string salt;      // octets
    bool opt_out = false;  // insecure delegations have no link of their own (RFC 5155 section 6)

    bool operator==(const Hashing&) const = default;
};

using NameHash = std::array<std::uint8_t, 20>;

NameHash hash_name(const Hashing& hashing, const dns::Name& name);

// The same for a name in wire form, as dns::wire_labels() makes it, with the root's octet behind it.
NameHash hash_wire_name(const Hashing& hashing, std::string_view wire);

// In base32hex (RFC 4648 section 7) without padding, lower case; read in any case. Nothing if it is no hash.
std::string to_text(const NameHash& hash);
std::optional<NameHash> parse_hash(std::string_view text);

// "1 0 10 abcd" or "1 0 0 -", as NSEC3PARAM records and PowerDNS's metadata have it. Refuses algorithms other
// than 1, salts over 255 octets, and over 500 iterations (RFC 9276 section 3.1 recommends 0).
Result<Hashing> parse_hashing(std::string_view presentation);

}  // namespace custdkim
