// The name is there, and a CNAME is not: a TXT in its place, an address, or nothing at all.
#include <algorithm>
#include <array>

#include "activation/record_reading.hpp"
#include "activation/rules.hpp"
#include "base/ascii.hpp"
#include "dns/address_policy.hpp"
#include "dns/record_text.hpp"

namespace custdkim::activation {

using dns::Answer;
using dns::QuestionType;
using dns::Record;

namespace {

using Found = std::optional<Diagnosis>;

bool contains(const std::string& text, std::string_view part) { return text.find(part) != std::string::npos; }

// The TXT that stands where the CNAME ought to.
std::optional<std::string> text_instead(const Evidence& evidence) {
    for (const ServerFacts& facts : evidence.servers) {
        if (facts.standing == Standing::no_data && !facts.texts.empty()) return facts.texts.front();
    }
    const auto& txt = evidence.world.txt;
    const bool only_the_world = evidence.telling().empty() && evidence.world.cname && txt &&
                                next_hops(evidence.subject.slot.owner, *evidence.world.cname).empty();
    if (only_the_world && !txt->texts.empty()) return txt->texts.front();
    return std::nullopt;
}

std::string owner_of(const Evidence& evidence) { return evidence.subject.slot.owner.text(); }

std::string add_cname(const Evidence& evidence) {
    return "add a CNAME at " + owner_of(evidence) + " to " + evidence.subject.slot.target.text();
}

std::string replace_text(const Evidence& evidence) {
    return "Delete the TXT at " + owner_of(evidence) + " and " + add_cname(evidence) + " in its place.";
}

// As zone files write it: the customer's octets go to somebody's terminal.
std::string shown(const std::string& text) {
    constexpr std::size_t enough = 60;
    std::string printed;
    for (const char letter : text.substr(0, enough)) {
        const auto octet = static_cast<unsigned char>(letter);
        if (octet >= 0x20 && octet < 0x7f) {
            printed += letter;
        } else {
            const std::string number = std::to_string(octet);
            printed += "\\" + std::string(3 - number.size(), '0') + number;
        }
    }
    return "\"" + printed + (text.size() > enough ? "..." : "") + "\"";
}

std::string at_owner(const Evidence& evidence, const std::string& text) {
    return "at " + owner_of(evidence) + " there is a TXT and no CNAME: " + shown(text);
}

Found wildcard_text(const Evidence& evidence) {
    const auto text = text_instead(evidence);
    const Answer* const sibling = evidence.best(evidence.sibling, QuestionType::txt);
    if (!text || !sibling || sibling->texts.empty() || sibling->texts.front() != *text) return std::nullopt;
    return Diagnosis{
        Weight::fault,
        "wildcard-text",
        {},
        at_owner(evidence, *text) + ", as at every name: a wildcard",
        "The record is not there yet; what answers is a wildcard TXT. Leave that as it is, and " +
            add_cname(evidence) + "."};
}

// Our key, but under the customer's name.
Found copied_key(const Evidence& evidence) {
    const auto text = text_instead(evidence);
    if (!text) return std::nullopt;
    bool is_ours = evidence.subject.text == *text;
    if (!evidence.subject.text && evidence.world_target && *evidence.world_target) {
        const auto& texts = (*evidence.world_target)->texts;
        is_ours = std::find(texts.begin(), texts.end(), *text) != texts.end();
    }
    if (!is_ours) return std::nullopt;
    const bool flattens = evidence.provider && evidence.provider->flattens;
    const std::string first = flattens ? "flattened" : "key-pasted",
                      second = flattens ? "key-pasted" : "flattened";
    return Diagnosis{
        Weight::fault,
        first,
        {first, second},
        "at " + owner_of(evidence) + " the key itself is published as a TXT, and no CNAME",
        "If you entered a TXT with the key, delete it and " + add_cname(evidence) +
            " in its place: a copy is right today and wrong after the next rotation. If you did enter "
            "a CNAME, your provider replaces it by what is behind it (\"CNAME flattening\"): turn "
            "that off for this name."};
}

Found target_as_text(const Evidence& evidence) {
    const auto text = text_instead(evidence);
    if (!text) return std::nullopt;
    if (!contains(to_lower(*text), evidence.subject.slot.target.text())) return std::nullopt;
    return Diagnosis{Weight::fault,
                     "target-as-text",
                     {},
                     at_owner(evidence, *text),
                     "The value is right, the type of the record is not: change it from TXT to CNAME."};
}

Found damaged_key(const Evidence& evidence) {
    const auto text = text_instead(evidence);
    if (!text) return std::nullopt;
    const bool is_key = contains(*text, "DKIM1");
    const bool is_cut = is_key && !contains(*text, "p=");
    const bool has_strays = contains(*text, "\\") || contains(*text, "\"");
    const bool is_start = evidence.subject.text && is_key && text->size() < evidence.subject.text->size() &&
                          evidence.subject.text->starts_with(*text);
    if (!is_cut && !(is_key && has_strays) && !is_start) return std::nullopt;
    return Diagnosis{Weight::fault,
                     "key-damaged",
                     {},
                     at_owner(evidence, *text) + ", which no verifier can read",
                     replace_text(evidence) + " Then there is no key to copy."};
}

Found other_text(const Evidence& evidence) {
    const auto text = text_instead(evidence);
    if (!text) return std::nullopt;
    const bool is_key = contains(*text, "p=") || contains(*text, "DKIM");
    return Diagnosis{
        Weight::fault, is_key ? "old-key-left" : "other-text",
        is_key ? std::vector<std::string>{"old-key-left", "update-ignored", "cname-with-other-data",
                                          "edit-not-loaded"}
               : std::vector<std::string>{},
        at_owner(evidence, *text),
        "There is another record at " + owner_of(evidence) +
            ". If nothing needs it any more, delete that TXT first and then " + add_cname(evidence) +
            " (some servers drop a CNAME without a word while the TXT is there); otherwise create the "
            "key with other selectors."};
}

constexpr std::array texts{
    Rule{"wildcard-text", wildcard_text},        Rule{"key-pasted flattened", copied_key},
    Rule{"target-as-text", target_as_text},      Rule{"key-damaged", damaged_key},
    Rule{"old-key-left other-text", other_text},
};

// The name is there, and neither CNAME nor TXT.
bool has_nothing(const Evidence& evidence) {
    return evidence.all_tell(Standing::no_data) && !text_instead(evidence);
}

std::vector<Record> addresses_at(const Evidence& evidence, const dns::Name& name) {
    std::vector<Record> found;
    for (const QuestionType type : {QuestionType::a, QuestionType::aaaa}) {
        const Answer* const answer = evidence.best(name, type);
        if (!answer) continue;
        for (Record& record : at_name(of_type(answer->answer, dns::question_type_name(type)), name)) {
            found.push_back(std::move(record));
        }
    }
    return found;
}

Found wildcard_address(const Evidence& evidence) {
    if (!has_nothing(evidence)) return std::nullopt;
    const Answer* const sibling = evidence.best(evidence.sibling, QuestionType::cname);
    if (!sibling || sibling->rcode != dns::rcode::noerror) return std::nullopt;
    return Diagnosis{Weight::fault,
                     "wildcard-without-cname",
                     {},
                     "there is no CNAME at " + owner_of(evidence) +
                         "; a wildcard makes it look as if every name were there",
                     "The record is not there yet; a wildcard hides that. Leave the wildcard as it is, and " +
                         add_cname(evidence) + "."};
}

bool is_proxys(const Evidence& evidence, const std::vector<Record>& addresses) {
    if (!evidence.provider) return false;
    const auto networks = dns::AddressPolicy::make({}, evidence.provider->proxy_networks);
    return networks && std::any_of(addresses.begin(), addresses.end(), [&networks](const Record& record) {
               return !networks->permits(record.content);
           });
}

// Seen from outside, a proxied name has the proxy's addresses, and often an HTTPS record (RFC 9460).
Found proxied(const Evidence& evidence) {
    if (!has_nothing(evidence)) return std::nullopt;
    const auto addresses = addresses_at(evidence, evidence.subject.slot.owner);
    if (addresses.empty()) return std::nullopt;
    const bool has_https = evidence.has(evidence.subject.slot.owner, QuestionType::https);
    const bool is_dual = addresses.size() > 1 && addresses.front().type != addresses.back().type;
    const bool proxies = evidence.provider && evidence.provider->proxies;
    if (!has_https && !is_dual && !proxies && !is_proxys(evidence, addresses)) return std::nullopt;
    const bool is_certain = is_proxys(evidence, addresses) || has_https;
    return Diagnosis{
        Weight::fault, "cname-proxied",
        is_certain ? std::vector<std::string>{}
                   : std::vector<std::string>{"cname-proxied", "address-instead"},
        "at " + owner_of(evidence) + " there are addresses (" + addresses.front().content +
            (addresses.size() > 1 ? ", ..." : "") + ") and no CNAME, as a proxy has it",
        "Switch the proxy off for " + owner_of(evidence) +
            " (at Cloudflare: \"DNS only\", the grey cloud). A proxied CNAME cannot be seen from "
            "outside. If you entered an address instead, delete it and " +
            add_cname(evidence) + "."};
}

Found address_instead(const Evidence& evidence) {
    if (!has_nothing(evidence)) return std::nullopt;
    const auto addresses = addresses_at(evidence, evidence.subject.slot.owner);
    if (addresses.empty()) return std::nullopt;
    return Diagnosis{
        Weight::fault,
        "address-instead",
        {"address-instead", "cname-proxied"},
        "at " + owner_of(evidence) + " there is an address, " + addresses.front().content + ", and no CNAME",
        "Delete the address at " + owner_of(evidence) + " and " + add_cname(evidence) +
            " in its place. If you did enter a CNAME, the provider's proxy is switched on for it: "
            "switch it off."};
}

// Some other type.
Found other_record(const Evidence& evidence) {
    if (!has_nothing(evidence)) return std::nullopt;
    for (const ServerFacts& facts : evidence.servers) {
        if (facts.other_types.empty()) continue;
        return Diagnosis{
            Weight::fault,
            "other-record",
            {},
            "at " + owner_of(evidence) + " there is a record of type " + facts.other_types.front() +
                " and no CNAME",
            "Delete what is at " + owner_of(evidence) + " and " + add_cname(evidence) + " in its place."};
    }
    return std::nullopt;
}

// RFC 8020, RFC 4592 section 2.2.2: the name has no record, so there must be one below it.
Found empty_non_terminal(const Evidence& evidence) {
    if (!has_nothing(evidence)) return std::nullopt;
    for (const CandidateName& candidate : evidence.candidates) {
        if (candidate.cause != std::string_view("one-label-too-deep")) continue;
        const Answer* const answer = evidence.best(candidate.name, QuestionType::cname);
        if (!answer || next_hops(candidate.name, *answer).empty()) continue;
        return Diagnosis{
            Weight::fault,
            candidate.cause,
            {},
            "the CNAME is at " + candidate.name.text(),
            "Remove the first label of that name: the CNAME belongs to " + owner_of(evidence) + "."};
    }
    return Diagnosis{
        Weight::fault,
        "one-label-too-deep",
        {"one-label-too-deep", "cname-proxied"},
        "the name " + owner_of(evidence) + " has no record of its own: there must be one at a name below it",
        "Look at your records for a name that ends in " + owner_of(evidence) +
            " with one more label before it, and remove that label: the CNAME belongs to " +
            owner_of(evidence) + "."};
}

constexpr std::array data{
    Rule{"wildcard-without-cname", wildcard_address}, Rule{"cname-proxied", proxied},
    Rule{"address-instead", address_instead},         Rule{"other-record", other_record},
    Rule{"one-label-too-deep", empty_non_terminal},
};

}  // namespace

std::span<const Rule> text_rules() { return texts; }
std::span<const Rule> data_rules() { return data; }

}  // namespace custdkim::activation
