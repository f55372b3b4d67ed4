#include "keys/access.hpp"

#include <algorithm>

#include "keys/access_store.hpp"

namespace custdkim {

namespace {

unsigned bit_of(Scope scope) { return 1U << static_cast<unsigned>(scope); }

}  // namespace

std::string_view to_string(Scope scope) {
    switch (scope) {
        case Scope::none: return "none";
        case Scope::read: return "read";
        case Scope::operate: return "operate";
        case Scope::sign: return "sign";
        case Scope::lease: return "lease";
        case Scope::admin: return "admin";
    }
    return "none";
}

Scopes::Scopes(std::initializer_list<Scope> scopes) {
    for (const Scope scope : scopes) add(scope);
}

void Scopes::add(Scope scope) { bits_ |= bit_of(scope); }

bool Scopes::contains(Scope scope) const { return (bits_ & bit_of(scope)) != 0; }

bool Scopes::allow(Scope needed) const {
    return needed == Scope::none || contains(needed) || contains(Scope::admin);
}

std::string_view to_string(UnsignedMail what) { return what == UnsignedMail::pass ? "pass" : "reject"; }

Result<UnsignedMail> parse_unsigned_mail(std::string_view text) {
    if (text == "reject") return UnsignedMail::reject;
    if (text == "pass") return UnsignedMail::pass;
    return invalid("'" + std::string(text.substr(0, 40)) +
                   "' is not what becomes of mail; there are reject and pass");
}

std::string to_string(const Scopes& scopes) {
    std::string text;
    for (const Scope scope : all_scopes) {
        if (scopes.contains(scope)) text += (text.empty() ? "" : ",") + std::string(to_string(scope));
    }
    return text;
}

Result<Scopes> parse_scopes(std::string_view text) {
    Scopes scopes;
    for (std::size_t from = 0; from <= text.size();) {
        const std::size_t end = std::min(text.find(',', from), text.size());
        const std::string_view word = text.substr(from, end - from);
        const auto known = std::find_if(all_scopes.begin(), all_scopes.end(),
                                        [&](Scope scope) { return to_string(scope) == word; });
        if (known == all_scopes.end()) {
            return invalid("'" + std::string(word.substr(0, 40)) +
                           "' is not a scope; there are read, operate, sign, lease and admin");
        }
        scopes.add(*known);
        from = end + 1;
    }
    return scopes;
}

Result<void> check_plain_name(std::string_view name, std::string_view what) {
    const bool fits = !name.empty() && name.size() <= 64 && std::all_of(name.begin(), name.end(), [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
               c == '_' || c == '.';
    });
    const bool means_another_place = name == "." || name == "..";  // in a URL
    if (fits && !means_another_place) return {};
    return invalid("'" + std::string(name.substr(0, 80)) + "' is not " + std::string(what) +
                   ": use 1 to 64 letters, digits, '-', '_' and '.', and not only one or two dots");
}

}  // namespace custdkim
