#include "zone/hashing.hpp"

#include <algorithm>
#include <charconv>

#include "base/ascii.hpp"
#include "dns/canonical_order.hpp"
#include "dns/presentation.hpp"
#include "dns/record_types.hpp"
#include "keys/digest.hpp"

namespace custdkim {

namespace {

constexpr std::size_t hash_text_length = 32, max_salt = 255;
constexpr unsigned max_iterations = 500;

std::string_view as_octets(const NameHash& hash) {
    return {reinterpret_cast<const char*>(hash.data()), hash.size()};
}

std::string_view take_word(std::string_view& rest) {
    rest.remove_prefix(std::min(rest.find_first_not_of(' '), rest.size()));
    const std::string_view word = rest.substr(0, rest.find(' '));
    rest.remove_prefix(word.size());
    return word;
}

std::optional<unsigned> to_number(std::string_view text) {
    unsigned number = 0;
    const auto read = std::from_chars(text.data(), text.data() + text.size(), number);
    if (text.empty() || read.ec != std::errc() || read.ptr != text.data() + text.size()) return std::nullopt;
    return number;
}

// "-" is the empty salt.
std::optional<std::string> parse_salt(std::string_view text) {
    if (text == "-") return std::string();
    if (text.empty() || text.size() % 2 != 0 || text.size() > 2 * max_salt) return std::nullopt;
    std::string salt;
    for (std::size_t i = 0; i < text.size(); i += 2) {
        unsigned octet = 0;
        const auto read = std::from_chars(&text[i], &text[i] + 2, octet, 16);
        if (read.ec != std::errc() || read.ptr != &text[i] + 2) return std::nullopt;
        salt += static_cast<char>(octet);
    }
    return salt;
}

}  // namespace

NameHash hash_name(const Hashing& hashing, const dns::Name& name) {
    return hash_wire_name(hashing, dns::wire_labels(name.text()) + '\0');
}

NameHash hash_wire_name(const Hashing& hashing, std::string_view wire) {
    NameHash hash = sha1(wire, hashing.salt);
    for (unsigned i = 0; i < hashing.iterations; ++i) hash = sha1(as_octets(hash), hashing.salt);
    return hash;
}

std::string to_text(const NameHash& hash) { return to_lower(dns::to_base32_hex(as_octets(hash))); }

std::optional<NameHash> parse_hash(std::string_view text) {
    if (text.size() != hash_text_length) return std::nullopt;
    NameHash hash{};
    unsigned held = 0, bits = 0;
    auto next = hash.begin();
    for (const char c : text) {
        constexpr std::string_view digits = "0123456789ABCDEFGHIJKLMNOPQRSTUV";
        const std::size_t digit = digits.find(dns::to_upper(c));
        if (digit == std::string_view::npos) return std::nullopt;
        held = (held << 5 | static_cast<unsigned>(digit)) & 0xfff;
        bits += 5;
        if (bits >= 8) *next++ = static_cast<std::uint8_t>(held >> (bits -= 8));
    }
    return hash;
}

Result<Hashing> parse_hashing(std::string_view presentation) {
    std::string_view rest = presentation;
    const auto algorithm = to_number(take_word(rest)), flags = to_number(take_word(rest)),
               iterations = to_number(take_word(rest));
    const auto salt = parse_salt(take_word(rest));
    if (!algorithm || !flags || *flags > 255 || !iterations || !salt || !take_word(rest).empty()) {
        return invalid(
            "'" + std::string(presentation.substr(0, 80)) +
            "' is no NSEC3PARAM: it is like '1 0 0 -', with algorithm, flags, iterations, and a salt of at "
            "most 255 octets in hexadecimal digits");
    }
    if (*algorithm != 1) {
        return invalid("NSEC3 has hash algorithm 1 only, which is SHA-1; not " + std::to_string(*algorithm));
    }
    if (*iterations > max_iterations) {
        return invalid("NSEC3 with " + std::to_string(*iterations) +
                       " iterations is refused: 500 are the most, and RFC 9276 recommends 0");
    }
    return Hashing{static_cast<std::uint16_t>(*iterations), *salt, (*flags & 1) != 0};
}

}  // namespace custdkim
