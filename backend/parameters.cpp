#include "backend/parameters.hpp"

#include <boost/json/value.hpp>
#include <cmath>

#include "base/ascii.hpp"
#include "dns/name.hpp"

namespace custdkim::backend {

namespace {

Error wrong(std::string_view name, std::string_view what) {
    return invalid("the parameter '" + std::string(name) + "' " + std::string(what));
}

}  // namespace

Result<std::string_view> text_parameter(const boost::json::object& parameters, std::string_view name) {
    const auto* const value = parameters.if_contains(name);
    if (!value) return wrong(name, "is missing");
    const auto* const text = value->if_string();
    if (!text) return wrong(name, "must be a string");
    return std::string_view(*text);
}

Result<std::int64_t> number_parameter(const boost::json::object& parameters, std::string_view name) {
    const auto* const value = parameters.if_contains(name);
    if (!value) return wrong(name, "is missing");
    if (const auto* const whole = value->if_int64()) return *whole;
    if (const auto* const real = value->if_double()) {
        constexpr double limit = 9007199254740992.0;  // 2^53: beyond it, doubles are no whole numbers
        if (*real == std::floor(*real) && std::abs(*real) < limit) return static_cast<std::int64_t>(*real);
    }
    return wrong(name, "must be a whole number");
}

Result<std::string_view> name_parameter(const boost::json::object& parameters, std::string_view name,
                                        std::string& scratch) {
    const auto text = text_parameter(parameters, name);
    if (!text) return text.error();
    return canonical_name(*text, scratch);
}

Result<std::string_view> canonical_name(std::string_view asked, std::string& scratch) {
    // PowerDNS escapes less than canonical names do. Rare: a parser sorts that out.
    constexpr std::string_view unusual("\\\0\";()", 6);
    if (asked.find_first_of(unusual) != std::string_view::npos) {
        const auto parsed = dns::Name::parse(asked);
        if (!parsed) return parsed.error();
        scratch = parsed->text();
        return std::string_view(scratch);
    }
    scratch.assign(asked.ends_with('.') ? asked.substr(0, asked.size() - 1) : asked);
    for (char& c : scratch) c = to_lower(c);
    return std::string_view(scratch);
}

}  // namespace custdkim::backend
