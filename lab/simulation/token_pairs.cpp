#include "lab/simulation/token_pairs.hpp"

#include <cstring>

namespace custdkim::lab {

Bytes public_key_of(Content token) {
    Bytes key(32, 0xdc);
    std::memcpy(key.data(), &token, sizeof token);
    return key;
}

Content token_of(std::span<const std::uint8_t> public_key) {
    Content token = absent;
    if (public_key.size() >= sizeof token) std::memcpy(&token, public_key.data(), sizeof token);
    return token;
}

Content content_of_record(std::string_view txt) {
    const std::size_t at = txt.rfind("p=");  // the last tag; notes may come before it
    if (at == std::string_view::npos) return absent;
    std::string_view key = txt.substr(at + 2);
    key = key.substr(0, key.find_first_of("\"; "));
    if (key.empty()) return revoked;
    const auto bytes = from_base64(key);
    return bytes ? token_of(bytes->span()) : absent;
}

SealedPair TokenPairs::make(KeyType type) {
    const Content token = ++last_;
    Bytes sealed(sizeof token);
    std::memcpy(sealed.data(), &token, sizeof token);
    return {type, public_key_of(token), std::move(sealed)};
}

}  // namespace custdkim::lab
