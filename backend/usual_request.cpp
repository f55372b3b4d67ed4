#include "backend/usual_request.hpp"

#include <charconv>

namespace custdkim::backend {

namespace {

// Takes `expected` from the front of `rest`.
bool take(std::string_view& rest, std::string_view expected) {
    if (!rest.starts_with(expected)) return false;
    rest.remove_prefix(expected.size());
    return true;
}

// Takes a string up to its closing quote. Only printable ASCII without escapes: nothing that JSON could mind,
// and nothing that would have to be decoded.
bool take_string(std::string_view& rest, std::string_view& text) {
    std::size_t size = 0;
    for (; size < rest.size() && rest[size] != '"'; ++size) {
        if (rest[size] < ' ' || rest[size] > '~' || rest[size] == '\\') return false;
    }
    if (size == rest.size()) return false;
    text = rest.substr(0, size);
    rest.remove_prefix(size + 1);
    return true;
}

// A number of JSON: no plus sign, no leading zero.
bool take_number(std::string_view& rest, std::int64_t& number) {
    const auto [end, error] = std::from_chars(rest.data(), rest.data() + rest.size(), number);
    if (error != std::errc()) return false;
    const auto size = static_cast<std::size_t>(end - rest.data());
    const std::string_view digits = rest.substr(0, size);
    if (digits.starts_with("-0") || (digits.starts_with('0') && size > 1)) return false;
    rest.remove_prefix(size);
    return true;
}

}  // namespace

std::optional<UsualRequest> read_usual_request(std::string_view line) {
    UsualRequest request;
    std::string_view unused;
    const bool is_usual =
        take(line, R"({"method": "lookup", "parameters": {"local": ")") && take_string(line, unused) &&
        take(line, R"(, "qname": ")") && take_string(line, request.qname) && take(line, R"(, "qtype": ")") &&
        take_string(line, request.qtype) && take(line, R"(, "real-remote": ")") &&
        take_string(line, unused) && take(line, R"(, "remote": ")") && take_string(line, unused) &&
        take(line, R"(, "zone-id": )") && take_number(line, request.zone_id) && line == "}}";
    return is_usual ? std::optional(request) : std::nullopt;
}

}  // namespace custdkim::backend
