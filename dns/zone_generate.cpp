#include "dns/zone_generate.hpp"

#include <array>
#include <charconv>
#include <cstdio>
#include <optional>

namespace custdkim::dns {

namespace {

constexpr std::int64_t max_number = 2147483647, max_steps = 65536, max_width = 63;

// Takes what is before `separator`, which may be missing in the end.
std::string_view take_field(std::string_view& rest, char separator) {
    const std::size_t at = rest.find(separator);
    const std::string_view field = rest.substr(0, at);
    rest.remove_prefix(at == std::string_view::npos ? rest.size() : at + 1);
    return field;
}

std::optional<std::int64_t> to_number(std::string_view text, std::int64_t least) {
    std::int64_t number = 0;
    const char* const end = text.data() + text.size();
    const auto read = std::from_chars(text.data(), end, number);
    if (read.ec != std::errc() || read.ptr != end || number < least || number > max_number)
        return std::nullopt;
    return number;
}

// `modifier` is what stands between the braces.
Result<std::string> formatted(std::string_view modifier, std::int64_t number) {
    std::string_view rest = modifier;
    const auto offset = to_number(take_field(rest, ','), -max_number);
    const auto width = rest.empty() ? 0 : to_number(take_field(rest, ','), 0);
    const std::string_view base = rest.empty() ? "d" : rest;
    if (!offset || !width || *width > max_width || base.size() != 1 ||
        std::string_view("doxX").find(base) == std::string_view::npos || number + *offset < 0) {
        return invalid(
            "${" + std::string(modifier) +
            "} in $GENERATE is none of ${offset}, ${offset,width} and ${offset,width,base} with a base "
            "of d, o, x or X, a width of 63 at most, and a number that stays positive");
    }
    const auto value = static_cast<long>(number + *offset);
    std::array<char, 80> text{};
    switch (base.front()) {
        case 'o': std::snprintf(text.data(), text.size(), "%0*lo", static_cast<int>(*width), value); break;
        case 'x': std::snprintf(text.data(), text.size(), "%0*lx", static_cast<int>(*width), value); break;
        case 'X': std::snprintf(text.data(), text.size(), "%0*lX", static_cast<int>(*width), value); break;
        default: std::snprintf(text.data(), text.size(), "%0*ld", static_cast<int>(*width), value); break;
    }
    return std::string(text.data());
}

}  // namespace

Result<GenerateRange> parse_generate_range(std::string_view text) {
    std::string_view rest = text;
    const auto first = to_number(take_field(rest, '-'), 0);
    const auto last = to_number(take_field(rest, '/'), 0);
    const auto step = rest.empty() ? 1 : to_number(rest, 1);
    if (!first || !last || !step || *first > *last || text.ends_with('/')) {
        return invalid("'" + std::string(text.substr(0, 40)) +
                       "' is not a range for $GENERATE, like 1-127 or 0-100/2");
    }
    if ((*last - *first) / *step >= max_steps) {
        return invalid("$GENERATE may make 65536 records at most; split the range");
    }
    return GenerateRange{*first, *last, *step};
}

Result<std::string> generate(std::string_view word, std::int64_t number) {
    std::string text;
    for (std::size_t i = 0; i < word.size(); ++i) {
        if (word[i] == '\\' && i + 1 < word.size()) {
            if (word[i + 1] != '$') text += '\\';
            text += word[++i];
        } else if (word[i] != '$') {
            text += word[i];
        } else if (i + 1 == word.size() || word[i + 1] != '{') {
            text += std::to_string(number);
        } else {
            const std::size_t end = word.find('}', i);
            if (end == std::string_view::npos) return invalid("a ${ in $GENERATE has no }");
            const auto made = formatted(word.substr(i + 2, end - i - 2), number);
            if (!made) return made.error();
            text += *made;
            i = end;
        }
    }
    return text;
}

}  // namespace custdkim::dns
