#include "keys/key_record.hpp"

#include "keys/key_pair.hpp"

namespace custdkim {

namespace {

constexpr std::size_t max_string = 255;

std::string_view tags_before_key(KeyType type) {
    return type == KeyType::ed25519 ? "v=DKIM1; k=ed25519; p=" : "v=DKIM1; k=rsa; p=";
}

}  // namespace

std::string key_record_text(KeyType type, std::span<const std::uint8_t> public_key) {
    std::string text(tags_before_key(type));
    append_base64(text, public_key);
    return text;
}

void append_key_record(std::string& out, KeyType type, std::span<const std::uint8_t> public_key) {
    out += '"';
    const std::size_t start = out.size();
    out += tags_before_key(type);
    append_base64(out, public_key);
    constexpr std::string_view between = "\" \"";
    for (std::size_t cut = start + max_string; cut < out.size(); cut += max_string + between.size()) {
        out.insert(cut, between);
    }
    out += '"';
}

}  // namespace custdkim
