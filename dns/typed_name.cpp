#include "dns/typed_name.hpp"

#include <algorithm>

#include "dns/customer_domain.hpp"

namespace custdkim::dns {

namespace {

constexpr std::size_t max_typed = 1024;  // names are at most 253 characters of A-labels

bool is_ascii(std::string_view text) {
    return std::all_of(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

// IDNA knows no underscores: what stands before the first label that needs it stays as it is.
std::size_t unicode_part(std::string_view typed) {
    const auto first = std::find_if(typed.begin(), typed.end(), [](char c) { return !is_ascii({&c, 1}); });
    const std::size_t dot = typed.rfind('.', static_cast<std::size_t>(first - typed.begin()));
    return dot == std::string_view::npos ? 0 : dot + 1;
}

}  // namespace

Result<Name> read_typed_name(std::string_view typed) {
    if (typed.size() > max_typed) return invalid("the name is longer than DNS allows (253 characters)");
    if (typed == ".") return Name();
    if (typed.empty()) return invalid("the name is empty");
    if (is_ascii(typed)) return Name::parse(typed);
    const std::size_t from = unicode_part(typed);
    const auto domain = read_customer_domain(typed.substr(from));
    if (!domain) return domain.error();
    return Name::parse(std::string(typed.substr(0, from)) + domain->text());
}

}  // namespace custdkim::dns
