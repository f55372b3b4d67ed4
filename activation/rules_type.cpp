// Servers that answer one type of question and not another, or with the wrong response code.
#include <algorithm>
#include <array>

#include "activation/record_reading.hpp"
#include "activation/rules.hpp"

namespace custdkim::activation {

using dns::QuestionType;

namespace {

using Found = std::optional<Diagnosis>;

std::string report(const Evidence& evidence, const std::string& what) {
    return "Report to your DNS provider that its name servers " + what + "; the record at " +
           evidence.subject.slot.owner.text() + " itself is in order.";
}

bool fails(Standing standing) {
    return standing == Standing::silent || standing == Standing::failed || standing == Standing::refused;
}

// The first server for which this holds, where it holds for all that serve the zone.
const ServerFacts* all_serving(const Evidence& evidence, bool (*holds)(const ServerFacts&)) {
    const ServerFacts* first = nullptr;
    for (const ServerFacts& facts : evidence.servers) {
        if (facts.service != Service::serves) continue;
        if (!holds(facts)) return nullptr;
        if (!first) first = &facts;
    }
    return first;
}

Found cname_not_answered(const Evidence& evidence) {
    const ServerFacts* const one = all_serving(evidence, [](const ServerFacts& facts) {
        return fails(facts.standing) && !facts.text_failure && facts.text_has_alias;
    });
    if (!one) return std::nullopt;
    return Diagnosis{Weight::unseen,
                     "type-not-answered",
                     {},
                     one->text() + " answers who asks for a TXT, and not who asks for a CNAME",
                     "Mail finds the key, but whoever asks for the CNAME itself is not answered. " +
                         report(evidence, "do not answer questions for a CNAME")};
}

Found text_not_answered(const Evidence& evidence) {
    const ServerFacts* const one = all_serving(evidence, [](const ServerFacts& facts) {
        return facts.standing == Standing::right && facts.text_failure.has_value();
    });
    if (!one) return std::nullopt;
    return Diagnosis{
        Weight::unseen,
        "type-not-answered",
        {},
        one->text() + " answers who asks for the CNAME, and not who asks for a TXT: " + *one->text_failure,
        report(evidence, "do not answer questions for a TXT where there is a CNAME")};
}

Found cname_hidden(const Evidence& evidence) {
    const ServerFacts* const one = all_serving(evidence, [](const ServerFacts& facts) {
        return (facts.standing == Standing::no_data || facts.standing == Standing::no_name) &&
               facts.text_has_alias;
    });
    if (!one) return std::nullopt;
    return Diagnosis{
        Weight::fault,
        "cname-hidden",
        {},
        one->text() + " has a CNAME for who asks for a TXT, and denies it to who asks for the CNAME",
        "Mail may find the key, but the CNAME is denied to whoever asks for it. " +
            report(evidence, "deny a CNAME to those who ask for the type CNAME")};
}

// RFC 1034 section 3.6.2: the CNAME is the answer to every question at its name.
Found not_followed(const Evidence& evidence) {
    const ServerFacts* const one = all_serving(evidence, [](const ServerFacts& facts) {
        return facts.standing == Standing::right && !facts.text_failure && !facts.text_has_alias;
    });
    if (!one || !one->texts.empty()) return std::nullopt;
    return Diagnosis{Weight::fault,
                     "cname-not-followed",
                     {},
                     one->text() + " has the CNAME, and tells who asks for a TXT that there is nothing",
                     report(evidence, "answer questions for a TXT with the CNAME that is there")};
}

// Only asked for the CNAME itself is the code about the name; else it is about the end of the chain (RFC
// 6604).
Found wrong_code(const Evidence& evidence) {
    const dns::Name& owner = evidence.subject.slot.owner;
    for (const ServerFacts& facts : evidence.servers) {
        const auto& answer = evidence.direct.at(facts.server, owner, QuestionType::cname);
        if (!answer || answer->rcode != dns::rcode::nxdomain || facts.targets.empty()) continue;
        return Diagnosis{Weight::fault,
                         "wrong-response-code",
                         {},
                         facts.text() + " says that " + owner.text() +
                             " does not exist (NXDOMAIN), and sends its CNAME with the same answer",
                         "Some resolvers take the CNAME, and some believe that there is none. " +
                             report(evidence, "answer NXDOMAIN where there is a CNAME")};
    }
    return std::nullopt;
}

constexpr std::array rules{
    Rule{"type-not-answered", cname_not_answered},
    Rule{"type-not-answered", text_not_answered},
    Rule{"cname-hidden", cname_hidden},
    Rule{"cname-not-followed", not_followed},
    Rule{"wrong-response-code", wrong_code},
};

}  // namespace

std::span<const Rule> type_rules() { return rules; }

}  // namespace custdkim::activation
