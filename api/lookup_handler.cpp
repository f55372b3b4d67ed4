#include "api/lookup_handler.hpp"

#include <nlohmann/json.hpp>
#include <optional>

#include "api/handling.hpp"
#include "api/lookup_json.hpp"
#include "api/problem.hpp"
#include "dns/record_text.hpp"
#include "dns/typed_name.hpp"

namespace custdkim::api {

namespace {

struct Wanted {
    dns::Name name;
    dns::QuestionType type = dns::QuestionType::txt;
};

// RFC 6895 section 3.1: OPT, and what only questions have. ANY is left: resolvers answer it, if little (RFC
// 8482). A whole zone, as AXFR would fetch it, is nothing that a look-up is for.
bool is_meta(dns::QuestionType type) {
    const auto number = static_cast<std::uint16_t>(type);
    return number == 0 || number == 41 || (number >= 128 && number <= 254);
}

Result<dns::QuestionType> read_type(const std::string& text) {
    const auto type = dns::parse_question_type(text);
    if (!type) return type.error();
    if (is_meta(*type))
        return invalid("'" + text.substr(0, 40) + "' is no type of record that can be looked up");
    return *type;
}

Result<Wanted> read_wanted(const http::Request& request) {
    std::optional<dns::Name> name;
    std::optional<dns::QuestionType> type;
    for (const auto& [parameter, value] : request.query) {
        if (parameter == "name") {
            const auto read = dns::read_typed_name(value);
            if (!read) return read.error();
            name = *read;
        } else if (parameter == "type") {
            const auto read = read_type(value);
            if (!read) return read.error();
            type = *read;
        } else {
            return invalid("there is no query parameter '" + parameter.substr(0, 80) +
                           "'; there are type and name");
        }
    }
    if (!name) return invalid("the query parameter 'name' is missing");
    if (!type) return invalid("the query parameter 'type' is missing");
    return Wanted{*name, *type};
}

}  // namespace

http::Response look_up(const Router::Context& context) {
    const auto wanted = read_wanted(context.request);
    if (!wanted) return problem(wanted.error());
    if (!context.parts.resolver) {
        return problem(
            Error{Errc::unavailable, "nobody looks at the DNS here: [activation] check is \"unchecked\""});
    }
    const auto answer = context.parts.resolver->ask(wanted->name, wanted->type);
    return answer ? json(200, lookup_json(wanted->name, wanted->type, *answer)) : problem(answer.error());
}

}  // namespace custdkim::api
