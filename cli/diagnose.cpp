#include "cli/diagnose.hpp"

#include <iostream>
#include <nlohmann/json.hpp>

#include "base/ascii.hpp"
#include "base/clock.hpp"
#include "cli/outcome.hpp"
#include "cli/reply.hpp"
#include "dns/customer_domain.hpp"
#include "dns/typed_name.hpp"
#include "service/customer_view.hpp"
#include "service/provider_files.hpp"

namespace custdkim::cli {

namespace {

using activation::SlotNames;
using activation::Subject;

// Lower case, as names are. Other senders' selectors may have dots (RFC 6376 section 3.1).
Result<std::string> read_selector(const std::string& typed) {
    std::string selector = to_lower(typed);
    for (std::string_view rest = selector;;) {
        const std::size_t dot = rest.find('.');
        if (!dns::is_host_label(rest.substr(0, dot)))
            return invalid("'" + printable(typed) +
                           "' is not a selector: use letters, digits and inner hyphens, such as s1");
        if (dot == std::string_view::npos) return selector;
        rest.remove_prefix(dot + 1);
    }
}

Result<SlotNames> slot_names(const std::string& selector, const dns::Name& domain,
                             const std::string& target) {
    const auto owner = dns::Name::parse(selector + "._domainkey." + domain.text());
    if (!owner) return owner.error();
    const auto aim = dns::read_typed_name(target);
    if (!aim) return invalid("the target: " + aim.error().detail);
    if (aim->is_root() || *aim == *owner)
        return invalid(
            "the target is where the CNAME has to lead: the name of the key record, such as "
            "s1.q7w2ka.custdkim.example.net");
    return SlotNames{*owner, *aim};
}

Result<SlotNames> read_alternate(const std::string& typed, const dns::Name& domain) {
    const std::size_t equals = typed.find('=');
    if (equals == std::string::npos)
        return invalid("'" + printable(typed) + "' is no alternate; write it as SELECTOR=TARGET");
    const auto selector = read_selector(typed.substr(0, equals));
    if (!selector) return selector.error();
    return slot_names(*selector, domain, typed.substr(equals + 1));
}

std::string_view verdict_word(Outcome outcome) {
    switch (outcome) {
        case Outcome::pass: return "PASS";
        case Outcome::fail: return "FAIL";
        case Outcome::unknown: break;
    }
    return "COULD NOT TELL";
}

Exit exit_for_outcome(Outcome outcome) {
    if (outcome == Outcome::pass) return Exit::done;
    return outcome == Outcome::fail ? Exit::no : Exit::unknown;
}

// Lines of their own, each without what a terminal would obey.
void append_lines(std::string& out, std::string_view lines) {
    while (!lines.empty()) {
        const std::size_t end = lines.find('\n');
        out += printable(lines.substr(0, end)) + "\n";
        lines.remove_prefix(end == std::string_view::npos ? lines.size() : end + 1);
    }
}

}  // namespace

Result<Subject> read_subject(const DiagnoseOptions& options) {
    const auto domain = dns::read_customer_domain(options.domain);
    if (!domain) return domain.error();
    auto selector = read_selector(options.selector);
    if (!selector) return selector.error();
    auto slot = slot_names(*selector, *domain, options.target);
    if (!slot) return slot.error();
    Subject subject{*domain, std::move(*selector), std::move(*slot), {}, options.text, {}};
    for (const std::string& typed : options.alternates) {
        auto other = read_alternate(typed, *domain);
        if (!other) return invalid("--alternate: " + other.error().detail);
        subject.others.push_back(std::move(*other));
    }
    return subject;
}

std::string finding_text(const Subject& subject, const Finding& finding) {
    std::string out = subject.slot.owner.text() + ": " + std::string(verdict_word(finding.outcome));
    if (!finding.cause.empty()) out += " (" + finding.cause + ")";
    out += "\n";
    if (!finding.detail.empty()) append_lines(out, "\n" + finding.detail);
    if (!finding.fix.empty()) append_lines(out, "\nWhat to do: " + finding.fix);
    std::string others;
    for (const std::string& candidate : finding.candidates) {
        if (candidate != finding.cause) others += (others.empty() ? "" : ", ") + candidate;
    }
    if (!others.empty()) out += "\nFrom outside it could also be: " + others + "\n";
    if (!finding.evidence.empty())
        out += "\nEvidence, seen at " + format_rfc3339(finding.checked_at) + ":\n\n";
    for (const std::string& line : finding.evidence) append_lines(out, line);
    return out;
}

std::string finding_document(const Subject& subject, const Finding& finding) {
    const nlohmann::ordered_json document = {
        {"domain", subject.domain.text()},
        {"selector", subject.selector},
        {"name", subject.slot.owner.text()},
        {"target", subject.slot.target.text()},
        {"verdict", to_string(finding.outcome)},
        {"cause",
         finding.cause.empty() ? nlohmann::ordered_json(nullptr) : nlohmann::ordered_json(finding.cause)},
        {"candidates", finding.candidates},
        {"detail", finding.detail},
        {"fix", finding.fix},
        {"evidence", finding.evidence},
        {"checked_at", format_rfc3339(finding.checked_at)}};
    return document.dump(2, ' ', false, lenient) + "\n";
}

int diagnose(const DiagnoseOptions& options) {
    const auto subject = read_subject(options);
    if (!subject) return fail(Exit::wrong, subject.error().detail, options.view.json);
    auto config = read_view(options.view);
    if (!config) return fail(Exit::wrong, config.error().detail, options.view.json);
    config->strict = options.strict;
    const SystemClock clock;
    SystemRandom random;
    const auto view = CustomerView::open(*config, random);
    if (!view) return fail(Exit::wrong, view.error().detail, options.view.json);
    const activation::Diagnostician diagnostician(
        {(*view)->resolver(), (*view)->name_servers(), (*view)->roots(), clock, random, known_providers()},
        look_settings(*config));
    Finding finding = diagnostician.look(*subject);
    finding.checked_at = clock.now();
    std::cout << (options.view.json ? finding_document(*subject, finding) : finding_text(*subject, finding))
              << std::flush;
    return exit_for_outcome(finding.outcome);
}

}  // namespace custdkim::cli
