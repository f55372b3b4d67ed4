#include "keys/key_type.hpp"

namespace custdkim {

std::string_view to_string(KeyType type) {
    switch (type) {
        case KeyType::rsa_1024: return "rsa-1024";
        case KeyType::rsa_2048: return "rsa-2048";
        case KeyType::rsa_4096: return "rsa-4096";
        case KeyType::ed25519: return "ed25519";
    }
    return "rsa-2048";
}

Result<KeyType> parse_key_type(std::string_view text) {
    for (const KeyType type : {KeyType::rsa_1024, KeyType::rsa_2048, KeyType::rsa_4096, KeyType::ed25519}) {
        if (text == to_string(type)) return type;
    }
    return invalid("'" + std::string(text) +
                   "' is not a key type; use rsa-2048 (the default), rsa-1024, rsa-4096 or ed25519");
}

unsigned rsa_bits(KeyType type) {
    switch (type) {
        case KeyType::rsa_1024: return 1024;
        case KeyType::rsa_2048: return 2048;
        case KeyType::rsa_4096: return 4096;
        case KeyType::ed25519: return 0;
    }
    return 0;
}

std::optional<std::string_view> warning_about(KeyType type) {
    if (type == KeyType::rsa_1024) {
        return "rsa-1024 is the least that verifiers accept; RFC 8301 section 3.2 says signers SHOULD use at "
               "least 2048 bits";
    }
    return std::nullopt;
}

}  // namespace custdkim
