#include "cli/lookup.hpp"

#include <iostream>
#include <nlohmann/json.hpp>

#include "api/lookup_json.hpp"
#include "base/random.hpp"
#include "cli/outcome.hpp"
#include "cli/reply.hpp"
#include "dns/record_text.hpp"
#include "dns/typed_name.hpp"
#include "service/customer_view.hpp"

namespace custdkim::cli {

namespace {

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

int lookup(const LookupOptions& options) {
    const auto type = dns::parse_question_type(options.type);
    if (!type) return fail(Exit::wrong, type.error().detail, options.view.json);
    const auto name = dns::read_typed_name(options.name);
    if (!name) return fail(Exit::wrong, name.error().detail, options.view.json);
    const auto config = read_view(options.view);
    if (!config) return fail(Exit::wrong, config.error().detail, options.view.json);
    SystemRandom random;
    const auto view = CustomerView::open(*config, random);
    if (!view) return fail(Exit::wrong, view.error().detail, options.view.json);
    const auto answer = (*view)->resolver().ask(*name, *type);
    if (!answer) return fail(Exit::unknown, answer.error().detail, options.view.json);
    if (options.view.json) {
        print_json(api::lookup_json(*name, *type, *answer));
    } else {
        for (const dns::Record& record : answer->answer)
            std::cout << printable(dns::dig_line(record)) << "\n";
        std::cout << std::flush;
    }
    const std::string why = dns::shortcoming(*answer, *type);
    if (why.empty()) return Exit::done;
    const std::string what = (name->is_root() ? "." : name->text()) + " " + dns::question_type_name(*type);
    if (why == "NXDOMAIN") return fail(Exit::no, what + ": NXDOMAIN, there is no such name");
    if (why == "NODATA") return fail(Exit::no, what + ": NODATA, the name has no such record");
    return fail(Exit::unknown, what + ": " + why + reasons(*answer));
}

}  // namespace custdkim::cli
