#include "cli/lookup.hpp"

#include <algorithm>
#include <iostream>
#include <nlohmann/json.hpp>

#include "base/random.hpp"
#include "cli/outcome.hpp"
#include "cli/reply.hpp"
#include "dns/record_text.hpp"
#include "service/customer_view.hpp"

namespace custdkim::cli {

namespace {

using nlohmann::ordered_json;

ordered_json answer_json(const dns::Name& name, dns::QuestionType type, const dns::Answer& answer) {
    ordered_json records = ordered_json::array();
    for (const dns::Record& record : answer.answer) {
        records.push_back({{"name", record.owner.text()},
                           {"type", record.type},
                           {"ttl", record.ttl_seconds},
                           {"data", record.content}});
    }
    ordered_json errors = ordered_json::array();
    for (const dns::ExtendedError& error : answer.extended_errors) {
        errors.push_back({{"code", error.code}, {"text", error.text}});
    }
    return {{"name", name.text()},
            {"type", dns::question_type_name(type)},
            {"rcode", dns::rcode_name(answer.rcode)},
            {"authentic", answer.authentic || answer.security == dns::Security::secure},
            {"answer", std::move(records)},
            {"extended_errors", std::move(errors)}};
}

// What more was said about a failure.
std::string reasons(const dns::Answer& answer) {
    std::string text;
    if (!answer.why_bogus.empty()) text += ": " + printable(answer.why_bogus);
    for (const dns::ExtendedError& error : answer.extended_errors) {
        text += "; extended error " + std::to_string(error.code) +
                (error.text.empty() ? "" : " (" + printable(error.text) + ")");
    }
    return text;
}

}  // namespace

std::string shortcoming(const dns::Answer& answer, dns::QuestionType type) {
    if (answer.rcode != dns::rcode::noerror) return dns::rcode_name(answer.rcode);
    const std::string wanted = dns::question_type_name(type);
    const bool is_there = std::any_of(
        answer.answer.begin(), answer.answer.end(),
        [&](const dns::Record& record) { return type == dns::QuestionType::any || record.type == wanted; });
    return is_there ? "" : "NODATA";
}

int lookup(const LookupOptions& options) {
    const auto type = dns::parse_question_type(options.type);
    if (!type) return fail(Exit::wrong, type.error().detail);
    const auto name = read_typed_name(options.name);
    if (!name) return fail(Exit::wrong, name.error().detail);
    const auto config = read_view(options.view);
    if (!config) return fail(Exit::wrong, config.error().detail);
    SystemRandom random;
    const auto view = CustomerView::open(*config, random);
    if (!view) return fail(Exit::wrong, view.error().detail);
    const auto answer = (*view)->resolver().ask(*name, *type);
    if (!answer) return fail(Exit::unknown, answer.error().detail);
    if (options.view.json) {
        print_json(answer_json(*name, *type, *answer));
    } else {
        for (const dns::Record& record : answer->answer)
            std::cout << printable(dns::dig_line(record)) << "\n";
        std::cout << std::flush;
    }
    const std::string why = shortcoming(*answer, *type);
    if (why.empty()) return Exit::done;
    const std::string what = (name->is_root() ? "." : name->text()) + " " + dns::question_type_name(*type);
    if (why == "NXDOMAIN") return fail(Exit::no, what + ": NXDOMAIN, there is no such name");
    if (why == "NODATA") return fail(Exit::no, what + ": NODATA, the name has no such record");
    return fail(Exit::unknown, what + ": " + why + reasons(*answer));
}

}  // namespace custdkim::cli
