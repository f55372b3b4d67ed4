// Keys as tests want them: everything filled in, public keys of the right size that no private key belongs
// to.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "keys/key.hpp"

namespace custdkim::test {

inline dns::Name name(std::string_view text) { return dns::Name::parse(text).value(); }

// 2026-01-01T00:00:00Z, and so many seconds after it.
inline Timestamp new_year(long seconds = 0) { return Timestamp(Duration(1767225600 + seconds)); }

inline std::size_t public_key_size(KeyType type) {
    switch (type) {
        case KeyType::rsa_1024: return 162;
        case KeyType::rsa_2048: return 294;
        case KeyType::rsa_4096: return 550;
        case KeyType::ed25519: return 32;
    }
    return 0;
}

// Octets that tell the pairs of a test apart.
inline Bytes sample_public_key(KeyType type, unsigned seed) {
    Bytes bytes(public_key_size(type));
    for (std::size_t i = 0; i < bytes.size(); ++i) bytes[i] = static_cast<std::uint8_t>(seed * 31 + i * 7);
    return bytes;
}

inline Pair sample_pair(unsigned number, KeyType type, unsigned seed) {
    Pair pair;
    pair.number = number;
    pair.public_key = sample_public_key(type, seed);
    pair.created_at = new_year();
    pair.published_at = new_year();
    return pair;
}

// A key of acme.example in custdkim.example.net: slots s1, s2, ... with these labels and one published pair
// each.
inline Key sample_key(const std::string& id, const std::vector<std::string>& labels,
                      KeyType type = KeyType::ed25519) {
    Key key;
    key.id = id;
    key.zone = name("custdkim.example.net");
    key.domain = name("acme.example");
    key.type = type;
    key.org = "Acme";
    key.created_at = new_year();
    unsigned number = 0;
    for (const std::string& label : labels) {
        ++number;
        const auto seed = static_cast<unsigned>(static_cast<unsigned char>(label.back())) + number;
        key.slots.push_back({"s" + std::to_string(number), label, {sample_pair(number, type, seed)}, {}});
    }
    return key;
}

}  // namespace custdkim::test
