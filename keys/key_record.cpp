#include "keys/key_record.hpp"

#include <algorithm>

#include "keys/key_pair.hpp"

namespace custdkim {

namespace {

constexpr std::size_t max_string = 255;

std::string_view tags_before_key(KeyType type) {
    return type == KeyType::ed25519 ? "v=DKIM1; k=ed25519; p=" : "v=DKIM1; k=rsa; p=";
}

// Notes are quoted-printable (RFC 6376 section 3.6.1): of what base64 consists of, "=" must be quoted.
void append_note(std::string& out, KeyType type, std::span<const std::uint8_t> private_key) {
    out +=
        type == KeyType::ed25519 ? "v=DKIM1; k=ed25519; n=private key: " : "v=DKIM1; k=rsa; n=private key: ";
    for (const char character : to_base64(private_key)) {
        if (character == '=') {
            out += "=3D";
        } else {
            out += character;
        }
    }
    out += "; p=";
}

void append_text(std::string& out, KeyType type, const RecordContent& content) {
    if (content.is_private_key) {
        append_note(out, type, content.bytes);
    } else {
        out += tags_before_key(type);
        append_base64(out, content.bytes);
    }
}

}  // namespace

std::string key_record_text(KeyType type, const RecordContent& content) {
    std::string text;
    append_text(text, type, content);
    return text;
}

void append_key_record(std::string& out, KeyType type, const RecordContent& content) {
    out += '"';
    const std::size_t start = out.size();
    append_text(out, type, content);
    constexpr std::string_view between = "\" \"";
    for (std::size_t cut = start + max_string; cut < out.size(); cut += max_string + between.size()) {
        out.insert(cut, between);
    }
    out += '"';
}

RecordContent record_content(const Slot& slot) {
    const Pair* const pair = slot.published();
    if (!pair || pair->revoked_at) return {};
    if (!pair->revealed.empty()) return {pair->revealed, true};
    return {pair->public_key, false};
}

std::string slot_record_text(const Key& key, const Slot& slot) {
    return key_record_text(key.type, record_content(slot));
}

}  // namespace custdkim
