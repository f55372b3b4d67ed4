#include "backend/reply.hpp"

#include <charconv>
#include <cstring>
#include <utility>

namespace custdkim::backend {

namespace {

constexpr std::uint64_t each(std::uint8_t octet) { return 0x0101010101010101U * octet; }

// The high bit of some octet is set if an octet of the word is zero. (It may then be set for others too.)
constexpr std::uint64_t zeros(std::uint64_t word) { return (word - each(1)) & ~word & each(0x80); }

// Whether none of the eight octets needs an escape: no control character, quote or backslash.
bool is_plain(const char* octets) {
    std::uint64_t word = 0;
    std::memcpy(&word, octets, sizeof word);
    const std::uint64_t controls = (word - each(' ')) & ~word & each(0x80);
    return (controls | zeros(word ^ each('"')) | zeros(word ^ each('\\'))) == 0;
}

// Records are long runs without a special character: looking at eight at a time makes this half of what an
// answer costs into next to nothing.
std::size_t next_to_escape(std::string_view text, std::size_t from) {
    while (from + 8 <= text.size() && is_plain(text.data() + from)) from += 8;
    for (; from < text.size(); ++from) {
        const auto c = static_cast<unsigned char>(text[from]);
        if (c < ' ' || c == '"' || c == '\\') break;
    }
    return from;
}

}  // namespace

// Room for all of it at once: a string that grows leaves copies behind.
void Reply::hold_secrets(std::size_t size) {
    holds_secrets_ = true;
    text.reserve(text.size() + size);
}

void Reply::clear() {
    if (std::exchange(holds_secrets_, false)) ::explicit_bzero(text.data(), text.size());
    text.clear();
}

void append_json_string(std::string& out, std::string_view text) {
    out += '"';
    std::size_t from = 0;
    for (std::size_t at = next_to_escape(text, 0); at < text.size(); at = next_to_escape(text, from)) {
        out.append(text, from, at - from);
        from = at + 1;
        const auto c = static_cast<unsigned char>(text[at]);
        if (c < ' ') {
            constexpr std::string_view hex = "0123456789abcdef";
            out += "\\u00";
            out += hex[c >> 4];
            out += hex[c & 15];
        } else {
            out += '\\';
            out += text[at];
        }
    }
    out.append(text, from, text.size() - from);
    out += '"';
}

void append_number(std::string& out, std::int64_t number) {
    char digits[24];
    const auto end = std::to_chars(digits, digits + sizeof digits, number).ptr;
    out.append(digits, static_cast<std::size_t>(end - digits));
}

// What it quotes may have been cut amid a character: that must not spoil our JSON.
void append_log(Reply& reply, std::string_view sentence) {
    std::string ascii = "custdkim: " + std::string(sentence);
    for (char& c : ascii) {
        if (static_cast<unsigned char>(c) > 126) c = '?';
    }
    reply.text += R"("log":[)";
    append_json_string(reply.text, ascii);
    reply.text += ']';
}

}  // namespace custdkim::backend
